using System.Collections.Immutable;
using Treaty.Grid.Stockpiles;
using Treaty.Grid.Transfers;

namespace Treaty.Grid.Domain.Tests.Scenarios;

/// <summary>Lines by which a party says something: notices and declarations.</summary>
internal static class StatementLine
{
    private static readonly Dictionary<string, NoticeKind> Notices = new(StringComparer.Ordinal)
    {
        ["plan"] = NoticeKind.Plan,
        ["dispatch"] = NoticeKind.Dispatch,
        ["receipt"] = NoticeKind.Receipt,
        ["refusal"] = NoticeKind.Refusal,
        ["cancellation"] = NoticeKind.Cancellation,
        ["certificate"] = NoticeKind.Destruction,
        ["loss"] = NoticeKind.Loss,
        ["reply"] = NoticeKind.Reply,
        ["explanation"] = NoticeKind.Explanation,
    };

    private static readonly Dictionary<string, Purpose> Purposes = new(StringComparer.Ordinal)
    {
        ["operational"] = Purpose.OperationalUse,
        ["training"] = Purpose.Training,
        ["destruction"] = Purpose.Destruction,
        ["unstated"] = Purpose.Unspecified,
    };

    public static NoticeStep Notice(
        string verb, Words words, string id, Dictionary<string, TransferKey> sides, bool dry)
    {
        if (!Notices.TryGetValue(verb, out var kind))
        {
            throw new FormatException($"\"{verb}\" opens no line.");
        }

        var reference = words.Take();
        var (key, filer) = kind is NoticeKind.Plan or NoticeKind.Dispatch or NoticeKind.Receipt
            ? BothSides(words, reference, kind)
            : sides.TryGetValue(reference, out var known) ? (known, words.Take())
            : throw new FormatException($"no plan, dispatch or receipt names the sides of {reference}.");
        var lines = Lines(words);
        var purpose = words.Next is { } word && Purposes.TryGetValue(word, out var stated) ? stated : (Purpose?)null;
        _ = purpose is null ? null : words.Take();
        var final = words.Skips("final");
        var notice = new Notice(id, filer, kind, key, purpose ?? Purpose.Unspecified, words.Date(), lines)
        {
            Final = final ? true : null,
        };
        while (words.Fact() is { } fact)
        {
            notice = With(notice, fact.Name, fact.Value, sides);
        }

        return new NoticeStep(notice) { IsDryRun = dry };
    }

    public static DeclarationStep Declaration(string verb, Words words, string id)
    {
        var code = words.Take();
        var kind = verb == "destroys" ? DeclarationKind.Destruction : Words.ParseName<DeclarationKind>(verb);
        var lines = Lines(words);
        var to = words.Skips("to") ? words.Name<Place>() : Place.Unspecified;
        var declaration = new Declaration(id, kind, words.Date(), lines, to, null);
        while (words.Fact() is { } fact)
        {
            declaration = fact.Name switch
            {
                "as" => declaration with { Id = fact.Value },
                "corrects" => declaration with { Supersedes = fact.Value },
                "total" => declaration with { StatedTotal = Words.ParseNumber(fact.Value) },
                "site" => declaration with { Site = fact.Value },
                "method" => declaration with { Method = fact.Value },
                "from" => declaration with { Lines = [.. declaration.Lines.Select(l => InClass(l, fact.Value))] },
                _ => throw new FormatException($"a declaration has no \"{fact.Name}\"."),
            };
        }

        return new DeclarationStep(code, declaration);
    }

    private static (TransferKey Key, string Filer) BothSides(Words words, string reference, NoticeKind kind)
    {
        var key = new TransferKey(words.Take(), words.Take(), reference);
        return (key, kind == NoticeKind.Receipt ? key.Recipient : key.Sender);
    }

    private static Notice With(Notice notice, string name, string value, Dictionary<string, TransferKey> sides) =>
        name switch
        {
            "as" => notice with { Id = value },
            "corrects" => notice with { Supersedes = value },
            "purpose" => notice with { PurposeCode = value },
            _ when name.StartsWith("says.", StringComparison.Ordinal) => notice with
            {
                Lines =
                [
                    .. notice.Lines.Select(l => l with
                    {
                        Characteristics = l.Characteristics.SetItem(name["says.".Length..], value),
                    }),
                ],
            },
            "because" => notice with { Explanation = Words.ParseName<ExplanationCode>(value) },
            "by" => notice with { Filer = value },
            "via" => notice with { Transit = [.. value.Split(',')] },
            "to" => notice with { RecipientKind = Words.ParseName<RecipientKind>(value) },
            "final" => notice with { Final = IsYes(value) },
            "moved" => notice with { Moved = IsYes(value) },
            "title" => notice with { TitlePassed = IsYes(value) },
            "control" => notice with { ControlPassed = IsYes(value) },
            "total" => notice with { StatedTotal = Words.ParseNumber(value) },
            "onward-from" => notice with { OnwardFrom = sides[value] },
            "site" => notice with { Site = value },
            "method" => notice with { Method = value },
            "remark" => notice with { Remark = value },
            "packed" => notice with
            {
                Lines = [.. notice.Lines.Select(l => l with
                {
                    Packaging = new Packaging(value.Split(':')[1], Words.ParseNumber(value.Split(':')[0])),
                })],
            },
            "class" => notice with { Lines = [.. notice.Lines.Select(l => InClass(l, value))] },
            "set-off-by" => notice with
            {
                Lines = [.. notice.Lines.Select(
                    l => l with { Activation = Words.ParseName<ReportedActivation>(value) })],
            },
            "short" or "excess" or "damaged" or "refused" => Excepted(
                notice, Words.ParseName<ExceptionKind>(name), Words.ParseNumber(value)),
            _ => throw new FormatException($"a notice has no \"{name}\"."),
        };

    /// <summary>What is declared apart belongs to the first line.</summary>
    private static Notice Excepted(Notice notice, ExceptionKind kind, long quantity) => notice with
    {
        Lines = notice.Lines.SetItem(
            0,
            notice.Lines[0] with
            {
                Exceptions = notice.Lines[0].Exceptions.Add(new ReceiptException(kind, quantity, "scenario")),
            }),
    };

    private static Line InClass(Line line, string word) => line with { Class = Words.ParseName<Place>(word) };

    private static bool IsYes(string word) => word switch
    {
        "yes" => true,
        "no" => false,
        _ => throw new FormatException($"yes or no was expected, not \"{word}\"."),
    };

    /// <summary>Item and quantity, as often as they come.</summary>
    private static ImmutableArray<Line> Lines(Words words)
    {
        var lines = ImmutableArray.CreateBuilder<Line>();
        while (words.Next is { } item && item != "final" && item != "to" && !Purposes.ContainsKey(item)
            && !char.IsAsciiDigit(item[0]))
        {
            words.Take();
            lines.Add(Line(item, words.Take()));
        }

        return lines.ToImmutable();
    }

    /// <summary><c>480</c>, <c>~480</c>, <c>undisclosed</c>, or with lots <c>480(A:100,B:380)</c>.</summary>
    private static Line Line(string item, string quantity)
    {
        if (quantity == "undisclosed")
        {
            return new Line(item, 0) { Basis = QuantityBasis.Undisclosed };
        }

        var basis = quantity.StartsWith('~') ? QuantityBasis.Approximate : QuantityBasis.Unspecified;
        var parts = quantity.TrimStart('~').TrimEnd(')').Split('(');
        return new Line(item, Words.ParseNumber(parts[0]))
        {
            Basis = basis,
            Lots = parts.Length == 1 ? [] : [.. parts[1].Split(',').Select(Lot)],
        };
    }

    private static Lot Lot(string word)
    {
        var at = word.IndexOf(':', StringComparison.Ordinal);
        return at > 0
            ? new Lot(word[..at], Words.ParseNumber(word[(at + 1)..]))
            : throw new FormatException($"\"{word}\" is no lot: NUMBER:QUANTITY.");
    }
}
