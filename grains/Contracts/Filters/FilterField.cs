using System.Collections.Frozen;
using Google.Protobuf.Reflection;
using Treaty.Grid.V1;

namespace Treaty.Grid.Contracts.Filters;

/// <summary>What a field of a filter holds.</summary>
public enum FilterKind
{
    Text,
    Number,

    /// <summary>As yyyy-mm-dd.</summary>
    Day,
    Truth,

    /// <summary>A value of an enum of the contract, by its name there; they are ordered by their numbers.</summary>
    Choice,
}

/// <summary>A field that filters of a list may name.</summary>
public sealed record FilterField(string Name, FilterKind Kind)
{
    /// <summary>The numbers of a choice, by name.</summary>
    public FrozenDictionary<string, long> Choices { get; private init; } = FrozenDictionary<string, long>.Empty;

    /// <summary>Whether its values have an order that means something.</summary>
    public bool IsOrdered => Kind is not (FilterKind.Text or FilterKind.Truth);

    internal static FilterField Choice(string name, EnumDescriptor choices) => new(name, FilterKind.Choice)
    {
        Choices = choices.Values.ToFrozenDictionary(v => v.Name, v => (long)v.Number, StringComparer.Ordinal),
    };
}

/// <summary>What each list can be filtered by.</summary>
public static class FilterFields
{
    public static IReadOnlyList<FilterField> Transfers { get; } =
    [
        Text("sender"), Text("recipient"), FilterField.Choice("purpose", Enum(NoticeReflection.Descriptor, "Purpose")),
        FilterField.Choice("movement", Enum(TransferReflection.Descriptor, "Movement")),
        FilterField.Choice("pairing", Enum(TransferReflection.Descriptor, "Pairing")),
        FilterField.Choice("match", Enum(TransferReflection.Descriptor, "Match")),
        new("completed", FilterKind.Truth), Text("awaited"), Day("due"), Day("since"), Number("position"),
    ];

    public static IReadOnlyList<FilterField> Notices { get; } =
    [
        FilterField.Choice("kind", Enum(NoticeReflection.Descriptor, "NoticeKind")), Text("transfer"), Text("sender"),
        Text("recipient"), Day("date"),
    ];

    public static IReadOnlyList<FilterField> Declarations { get; } = [Day("as_of")];

    public static IReadOnlyList<FilterField> Findings { get; } =
    [
        Text("party"), Text("rule"), FilterField.Choice("severity", Enum(FindingReflection.Descriptor, "Severity")),
        FilterField.Choice("status", Enum(FindingReflection.Descriptor, "FindingStatus")), Text("transfer"), Day("due"),
        Number("position"),
    ];

    public static IReadOnlyList<FilterField> Obligations { get; } =
    [
        Text("party"), Text("rule"), Text("transfer"), Day("due"), new("met", FilterKind.Truth),
    ];

    private static FilterField Text(string name) => new(name, FilterKind.Text);

    private static FilterField Day(string name) => new(name, FilterKind.Day);

    private static FilterField Number(string name) => new(name, FilterKind.Number);

    private static EnumDescriptor Enum(FileDescriptor file, string name) => file.FindTypeByName<EnumDescriptor>(name);
}
