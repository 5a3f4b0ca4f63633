namespace Treaty.Grid.Gateway.Identity;

/// <summary>In what capacity somebody calls.</summary>
internal enum Role
{
    /// <summary>Nobody has asked who it is: what is called is open to anyone.</summary>
    Unknown,

    /// <summary>A state, or another party of the register.</summary>
    Party,

    /// <summary>Keeps the register of parties and of what they signed.</summary>
    Depositary,

    /// <summary>Reads what all parties report, and files nothing.</summary>
    Secretariat,

    /// <summary>Runs the machines, and reads nothing of statements.</summary>
    Operator,
}

/// <summary>Who calls.</summary>
/// <param name="Role">In what capacity.</param>
/// <param name="Code">The party's code; for the other roles their name.</param>
internal sealed record Caller(Role Role, string Code)
{
    public static readonly Caller Unknown = new(Role.Unknown, "unknown");

    public override string ToString() => Code;
}
