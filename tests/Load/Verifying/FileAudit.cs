using Treaty.Grid.Auditor;
using Treaty.Grid.V1;
using Said = Treaty.Grid.Auditor.Notice;

namespace Treaty.Grid.Load.Verifying;

/// <summary>One transfer as both sides should have it in their files.</summary>
internal sealed class FileAudit(
    TransferKey key, IReadOnlyList<Said> said, string match, IReadOnlyList<Expected> findings)
{
    // Found in the books of one party, which are its own affair.
    private const string OfOwnBooks = "APM-55";

    public IEnumerable<string> Complaints(Transfer sender, Transfer recipient)
    {
        foreach (var complaint in Complaints(key.Sender, sender).Concat(Complaints(key.Recipient, recipient)))
            yield return complaint;
        if (sender.Match != recipient.Match || sender.Movement != recipient.Movement
            || sender.Completed != recipient.Completed)
        {
            yield return $"{key}: the files of both sides differ: {sender.Movement} {sender.Match} and "
                + $"{recipient.Movement} {recipient.Match}.";
        }
    }

    private IEnumerable<string> Complaints(string reader, Transfer file)
    {
        if (Wire.WordOf(file.Match) != match)
            yield return $"{key}: {reader} has it as {Wire.WordOf(file.Match)}, and it is {match}.";
        var notices = file.Notices.ToDictionary(n => n.Name, StringComparer.Ordinal);
        foreach (var notice in said)
        {
            if (!notices.Remove(Wire.NameOf(notice), out var kept))
                yield return $"{key}: {reader} lacks {Wire.NameOf(notice)}, which was acknowledged.";
            else if (!Bare(kept).Equals(Bare(Wire.NoticeOf(notice))))
                yield return $"{key}: {reader} has {kept.Name} otherwise than it was said.";
        }

        foreach (var name in notices.Keys)
            yield return $"{key}: {reader} has {name}, which nobody acknowledged.";
        var expected = findings
            .Where(f => f.About == key.ToString() && (f.Rule != OfOwnBooks || f.Party == reader))
            .Select(f => (f.Rule, f.Party, f.Severity)).ToHashSet();
        var found = file.Findings.Where(f => f.Convention == Wire.Convention && f.Transfer == file.Name)
            .Select(f => (f.Rule, f.Party, Wire.WordOf(f.Severity))).ToHashSet();
        if (!found.SetEquals(expected))
        {
            yield return $"{key}: {reader} reads the findings [{string.Join(", ", found)}], which should be "
                + $"[{string.Join(", ", expected)}].";
        }
    }

    /// <summary>Without what the register adds.</summary>
    private static V1.Notice Bare(V1.Notice notice)
    {
        var bare = notice.Clone();
        bare.Name = "";
        (bare.RecordTime, bare.FirstRecordTime) = (null, null);
        foreach (var line in bare.Lines)
            line.ItemId = "";
        return bare;
    }
}
