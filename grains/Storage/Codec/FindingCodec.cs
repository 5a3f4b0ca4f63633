using System.Collections.Immutable;
using Google.Protobuf.WellKnownTypes;
using Treaty.Grid.Findings;
using Finding = Treaty.Grid.Findings.Finding;
using Severity = Treaty.Grid.Findings.Severity;

namespace Treaty.Grid.Storage.Codec;

/// <summary>Between a finding and its message. What is computed on reading is left to the reader.</summary>
public static class FindingCodec
{
    public static V1.Finding ToMessage(Finding finding)
    {
        var message = new V1.Finding
        {
            Name = finding.Key.Name,
            Rule = finding.Key.Rule,
            Severity = (V1.Severity)finding.Severity,
            Party = finding.Key.Party,
            Convention = $"conventions/{finding.Convention}",
            PackVersion = finding.PackVersion,
            Article = finding.Article,
            Message = finding.Message,
            Transfer = finding.Transfer,
            Notices = { finding.Notices },
            Status = finding.Closed is null ? V1.FindingStatus.Open : V1.FindingStatus.Closed,
            ClosedReason = finding.Closed ?? "",
            Version = finding.Revision,
            Due = finding.Due.ToDate(),
            Position = finding.Position,
        };
        if (finding.RecordTime != default)
        {
            message.RecordTime = finding.RecordTime.ToTimestamp();
        }

        message.Inputs.Add(finding.Inputs);
        return message;
    }

    public static Finding ToFinding(V1.Finding message) => new(ToKey(message.Name), (Severity)message.Severity)
    {
        Article = message.Article,
        Convention = StatementCodec.IdOf(message.Convention),
        PackVersion = message.PackVersion,
        Message = message.Message,
        Inputs = message.Inputs.ToImmutableSortedDictionary(StringComparer.Ordinal),
        Transfer = message.Transfer,
        Notices = [.. message.Notices],
        Due = message.Due?.ToDay(),
        Revision = message.Version,
        Closed = message.Status == V1.FindingStatus.Closed ? message.ClosedReason : null,
        Position = message.Position,
        RecordTime = message.RecordTime?.ToDateTimeOffset() ?? default,
    };

    /// <summary>From a finding's name in the contract.</summary>
    public static FindingKey ToKey(string name)
    {
        var id = StatementCodec.IdOf(name);
        var (rule, about) = id.Split('~', 2) is [var first, var rest] ? (first, rest) : (id, "");
        return new FindingKey(rule, about, name.Split('/')[1]);
    }
}
