using Treaty.Grid.Items;
using Treaty.Grid.Reports;
using Treaty.Grid.Transfers;

namespace Treaty.Grid.Stockpiles;

/// <summary>What a declaration says about the party's own stock.</summary>
public enum DeclarationKind
{
    /// <summary>What is held on that day.</summary>
    Opening,
    Destruction,
    Discovery,
    Consumption,
    Reclassification,

    /// <summary>Nothing is left but what is retained.</summary>
    Completion,

    /// <summary>A transparency report (Article 7): it moves nothing. Its lines are what is held on that day.</summary>
    Report,
}

/// <summary>One statement of a party about its own stock.</summary>
/// <param name="Id">Chosen by the filer; the key of repeats.</param>
/// <param name="Kind">What it says.</param>
/// <param name="AsOf">The day it speaks of.</param>
/// <param name="Lines">
/// Item, quantity, lots and class; the class is the one that the count leaves, if it leaves one.
/// </param>
/// <param name="To">The class entered by a reclassification.</param>
/// <param name="StatedTotal">The sum of the lines as the reporter states it.</param>
public sealed record Declaration(
    string Id, DeclarationKind Kind, DateOnly AsOf, ImmutableArray<Line> Lines, Place To, long? StatedTotal)
{
    /// <summary>The day was given as the end of a month.</summary>
    public bool AtMonthEnd { get; init; }

    /// <summary>Where stock was destroyed.</summary>
    public string Site { get; init; } = "";

    /// <summary>How stock was destroyed.</summary>
    public string Method { get; init; } = "";

    public string Remark { get; init; } = "";

    /// <summary>The id of the party's earlier declaration that this one takes the place of; empty if none.</summary>
    public string Supersedes { get; init; } = "";

    /// <summary>What a transparency report says beside its lines; null for anything else.</summary>
    public TransparencyReport? Report { get; init; }

    /// <summary>With the ids of what is reported under aliases.</summary>
    public Declaration Resolved(Taxonomy taxonomy) => this with
    {
        Lines = Line.Resolved(Lines, taxonomy),
        Report = Report?.Resolved(taxonomy),
    };

    /// <summary>As the contract names it.</summary>
    public string NameOf(string party) => $"parties/{party}/declarations/{Id}";

    /// <summary>
    /// The first field in which the other says something else, as the contract names it; null if none.
    /// </summary>
    public string? FirstDifference(Declaration other) =>
        Kind != other.Kind ? "body"
        : AsOf != other.AsOf ? "as_of"
        : Line.FirstDifference(Lines, other.Lines) is { } line ? line
        : To != other.To ? "to"
        : Site != other.Site ? "site"
        : Method != other.Method ? "method"
        : StatedTotal != other.StatedTotal ? "stated_total"
        : Remark != other.Remark ? "remark"
        : Supersedes != other.Supersedes ? "supersedes"
        : Report is { } one && other.Report is { } two && one.FirstDifference(two) is { } part ? part
        : null;
}
