using Treaty.Grid.Transfers;

namespace Treaty.Grid.Findings;

/// <summary>How much a finding weighs. Numbers are those of the contract.</summary>
public enum Severity
{
    /// <summary>For the record.</summary>
    Information = 1,

    /// <summary>The quality of what was reported.</summary>
    Data = 2,

    /// <summary>People have to look: one side's word, or a disputed reading.</summary>
    Review = 3,
    Warning = 4,

    /// <summary>Apparent breach; only the States Parties judge.</summary>
    Breach = 5,
}

/// <summary>What makes two findings the same one at different times.</summary>
/// <param name="Rule">The rule's id.</param>
/// <param name="About">A transfer, an account or a declaration; empty for a duty of the party as such.</param>
/// <param name="Party">The party concerned.</param>
public readonly record struct FindingKey(string Rule, string About, string Party)
{
    /// <summary>The transfer it is about; null if it is about none.</summary>
    public TransferKey? Transfer => About.Split('~', 3) is [var sender, var recipient, var reference]
        ? new TransferKey(sender, recipient, reference)
        : null;

    /// <summary>The last part of its name in the contract.</summary>
    public string Id => About.Length == 0 ? Rule : $"{Rule}~{About}";

    /// <summary>As the contract names it.</summary>
    public string Name => $"parties/{Party}/findings/{Id}";
}

/// <summary>One rule found not to be kept.</summary>
public sealed record Finding(FindingKey Key, Severity Severity)
{
    /// <summary>The article that says so.</summary>
    public required string Article { get; init; }

    /// <summary>The convention's id.</summary>
    public required string Convention { get; init; }

    public required string PackVersion { get; init; }

    /// <summary>What was found, in a sentence with its figures.</summary>
    public required string Message { get; init; }

    /// <summary>Every fact it rests on.</summary>
    public required ImmutableSortedDictionary<string, string> Inputs { get; init; }

    /// <summary>The transfer's name, if it is about one.</summary>
    public string Transfer { get; init; } = "";

    /// <summary>The names of the notices it rests on.</summary>
    public ImmutableArray<string> Notices { get; init; } = [];

    /// <summary>The last day in time, for rules with a deadline.</summary>
    public DateOnly? Due { get; init; }

    /// <summary>1 when raised; each change makes a new one.</summary>
    public int Revision { get; init; } = 1;

    /// <summary>Why it was closed; null while it holds.</summary>
    public string? Closed { get; init; }

    /// <summary>The version of the entry of this party that made it so; 0 if the passing of time alone has.</summary>
    public long Version { get; init; }

    /// <summary>The position of the entry that holds its facts, where that is another party's.</summary>
    public long Position { get; init; }

    /// <summary>When it was recorded.</summary>
    public DateTimeOffset RecordTime { get; init; }

    /// <summary>It says the same as another, whenever either was recorded.</summary>
    public bool Says(Finding other) =>
        Key == other.Key && Severity == other.Severity && Article == other.Article && Message == other.Message
        && Due == other.Due && Notices.SequenceEqual(other.Notices)
        && Inputs.Count == other.Inputs.Count && Inputs.SequenceEqual(other.Inputs);
}
