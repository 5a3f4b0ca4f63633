using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Google.Protobuf.Collections;
using Google.Rpc;
using Treaty.Grid.Contracts;
using Treaty.Grid.Contracts.Filters;
using Treaty.Grid.V1;
using Date = Google.Type.Date;
using Status = Google.Rpc.Status;

namespace Treaty.Grid.Gateway.Shape;

/// <summary>
/// Holds one request to its form and gathers every violation, each with the path of its field, what was expected, and
/// so what to change. Fields are named as in the contract.
/// </summary>
/// <param name="today">The day in UTC.</param>
internal sealed class Inspection(DateOnly today)
{
    /// <summary>At the same moment it is already tomorrow in some of the world's capitals.</summary>
    private const int ZonesAheadDays = 1;

    /// <summary>Far above any token that was ever given out.</summary>
    private const int PageTokenLengthMax = 1_000;

    private readonly List<(string Field, int Index)> _path = [];
    private List<BadRequest.Types.FieldViolation>? _violations;

    /// <summary>The last day that has begun anywhere.</summary>
    public DateOnly LatestToday { get; } = today.AddDays(ZonesAheadDays);

    public DateOnly LatestPlanned { get; } = today.AddYears(Limits.DateAheadYearsMax);

    /// <summary>No more violations are taken; what remains need not be looked at.</summary>
    private bool IsFull => _violations?.Count >= Limits.ViolationsMax;

    /// <summary>What the caller is to be told; null when nothing is wrong.</summary>
    public Status? Refusal
    {
        get
        {
            if (_violations is null)
                return null;
            var first = _violations[0];
            var count = IsFull ? $"at least {_violations.Count} violations" : $"{_violations.Count} violations";
            var message = _violations.Count == 1
                ? $"{first.Field}: {first.Description}"
                : $"The request has {count} of its form, the first: {first.Field}: {first.Description}";
            return RefusedException.Refuse(
                Code.InvalidArgument, ErrorReason.StatementInvalid, message,
                detail: new BadRequest { FieldViolations = { _violations } });
        }
    }

    /// <summary>Something is wrong with a field; an empty name means the message that is being looked at.</summary>
    public void Refuse(string field, string description)
    {
        if (IsFull)
            return;
        _violations ??= [];
        _violations.Add(new BadRequest.Types.FieldViolation { Field = PathOf(field), Description = description });
    }

    public void Require(bool holds, string field, string description)
    {
        if (!holds)
            Refuse(field, description);
    }

    /// <summary>A message inside the one that is being looked at.</summary>
    public void Inside<T>(string field, T? message, Action<T, Inspection> rules, bool required = false) where T : class
    {
        if (message is null)
        {
            Require(!required, field, "Expected it to be set. Add it.");
            return;
        }

        _path.Add((field, -1));
        rules(message, this);
        _path.RemoveAt(_path.Count - 1);
    }

    /// <summary>All messages of a list.</summary>
    public void Each<T>(string field, RepeatedField<T> list, int max, Action<T, Inspection> rules)
    {
        if (list.Count > max)
        {
            Refuse(field, $"Expected at most {Number(max)} of them, not {Number(list.Count)}. Leave out the rest.");
            return;
        }

        for (var i = 0; i < list.Count && !IsFull; i++)
        {
            _path.Add((field, i));
            rules(list[i], this);
            _path.RemoveAt(_path.Count - 1);
        }
    }

    /// <summary>Nothing twice in a list.</summary>
    public void Distinct<T, TKey>(string field, RepeatedField<T> list, Func<T, TKey> key, string inside, string what)
    {
        if (list.Count < 2)
            return;
        var seen = new HashSet<TKey>();
        for (var i = 0; i < list.Count && !IsFull; i++)
        {
            if (!seen.Add(key(list[i])))
                Refuse(At(field, i) + inside, $"Expected {what} once only. Put what belongs together into one.");
        }
    }

    public void Id(string field, string value) => Require(
        Names.ResourceNames.IsId(value), field,
        $"Expected 1 to {Limits.IdLengthMax} of A-Z, a-z, 0-9, \".\", \"_\" and \"-\". Choose another id.");

    /// <summary>A name that packs give.</summary>
    public void Word(string field, string value) => Require(
        Names.ResourceNames.IsWord(value), field,
        $"Expected 1 to {Limits.IdLengthMax} of a-z, 0-9 and \"_\", the first a letter, as a pack has it.");

    public void PartyCode(string field, string value) => Require(
        Names.ResourceNames.IsCode(value), field,
        $"Expected a party's code, 1 to {Limits.PartyCodeLengthMax} of A-Z, 0-9 and \"-\", such as GRC.");

    /// <summary>A name of the form given; the parser says whether it is one.</summary>
    public void Name<T>(string field, string value, Func<string, T?> parse, string form)
    {
        if (parse(value) is null)
            Refuse(field, $"Expected a name of the form {form}. Correct it.");
    }

    public void PartyName(string field, string value) =>
        Name(field, value, Names.ResourceNames.Party, "parties/{code}");

    /// <summary>The name of what is being made: it may be left out, and cannot be chosen.</summary>
    public void OwnName(string field, string value, string expected) => Require(
        value.Length == 0 || value == expected, field, $"Expected it empty, or {expected}. Leave it out.");

    /// <summary>The name of an earlier statement of the same filer.</summary>
    /// <param name="party">The party in that name; null if it is no such name.</param>
    /// <param name="filer">Who files; null if that is wrong itself.</param>
    /// <param name="collection">What they are called in names.</param>
    public void Former(string field, string value, string? party, string? filer, string collection) => Require(
        value.Length == 0 || (party is not null && (filer is null || party == filer)), field,
        $"Expected a name of the form parties/{filer ?? "{code}"}/{collection}/{{id}}: a party corrects what it filed"
            + " itself. Correct it.");

    /// <summary>Free text. Characters are counted as people count them, not as bytes.</summary>
    /// <param name="lines">It may have line breaks, each of which counts as one.</param>
    public void Text(string field, string value, int max, bool required = false, bool lines = false)
    {
        value = lines ? value.Replace("\r\n", "\n", StringComparison.Ordinal) : value;
        var unwanted = lines
            ? "control characters other than line breaks (LF or CRLF)"
            : "control characters, line breaks";
        if (required && string.IsNullOrWhiteSpace(value))
            Refuse(field, $"Expected 1 to {Number(max)} characters. Fill it in.");
        else if (value.Length > max && Count(value) is var count && count > max)
            Refuse(field, $"Expected at most {Number(max)} characters, not {Number(count)}. Shorten it.");
        else if (!IsPrintable(lines ? value.Replace('\n', ' ') : value))
            Refuse(field, $"Expected text without {unwanted} or broken characters. Remove them.");
    }

    /// <summary>A value that the contract knows; 0, where it is allowed, is not set.</summary>
    public void Choice<T>(string field, T value, bool required = false) where T : struct, Enum
    {
        if (!Enum.IsDefined(value))
        {
            Refuse(field, $"Expected a value that the contract lists, not number {value:D}. Choose one of those.");
            return;
        }

        Require(!required || !EqualityComparer<T>.Default.Equals(value, default), field, "Expected it to be set.");
    }

    public void Between(string field, long value, long min, long max) => Require(
        value >= min && value <= max, field,
        $"Expected {Number(min)} to {Number(max)}, not {Number(value)}. Correct it.");

    /// <summary>A complete day between the first day that is recorded and the latest one given.</summary>
    public void Day(string field, Date? date, DateOnly latest, bool required = false, bool monthEnd = false)
    {
        if (date is null)
        {
            Require(!required, field, "Expected a date with year, month and day. Add it.");
            return;
        }

        if (Days.Read(date, monthEnd) is not { } day)
        {
            Refuse(field, "Expected a day of the calendar, with year, month and day"
                + (monthEnd ? " (day 0 for the end of the month)." : ".") + " Complete it.");
            return;
        }

        Require(day >= Limits.DateMin && day <= latest, field,
            $"Expected {Text(Limits.DateMin)} to {Text(latest)}, not {Text(day)}. Correct it.");
    }

    public void Page(int size, string token)
    {
        Require(size >= 0, "page_size", "Expected 0 or more. Leave it out for the usual page.");
        Require(token.Length <= PageTokenLengthMax && IsPrintable(token), "page_token",
            "Expected the next_page_token of the previous answer, unchanged.");
    }

    public void Position(string field, long position) => Require(
        position >= 0, field, "Expected a position of the journal, as a receipt gives it. Leave it out for now.");

    /// <summary>What narrows a list down, and the position it must have come to.</summary>
    public void List(string filter, IReadOnlyList<FilterField> fields, long atLeastPosition)
    {
        if (!Filter.TryParse(filter, fields, out _, out var complaint))
            Refuse("filter", complaint);
        Require(atLeastPosition >= 0, "at_least_position", "Expected a position, 0 or more. Leave it out.");
    }

    public void PartyNameOrAll(string field, string value) => Require(
        value == Limits.AllParties || Names.ResourceNames.Party(value) is not null, field,
        $"Expected a name of the form parties/{{code}}, or {Limits.AllParties} for all. Correct it.");

    private static bool IsPrintable(string value)
    {
        for (var i = 0; i < value.Length; i++)
        {
            var c = value[i];
            if (char.IsControl(c))
                return false;
            if (!char.IsSurrogate(c))
                continue;
            if (i + 1 == value.Length || !char.IsSurrogatePair(c, value[i + 1]))
                return false;
            i++;
        }

        return true;
    }

    private static int Count(string value)
    {
        var count = 0;
        foreach (var _ in value.EnumerateRunes())
            count++;
        return count;
    }

    private string PathOf(string field)
    {
        var path = new StringBuilder();
        foreach (var (outer, index) in CollectionsMarshal.AsSpan(_path))
            path.Append(index < 0 ? outer : At(outer, index)).Append('.');
        return path.Append(field).ToString().TrimEnd('.');
    }

    private static string At(string field, int index) =>
        string.Create(CultureInfo.InvariantCulture, $"{field}[{index}]");

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
