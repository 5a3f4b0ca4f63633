namespace Treaty.Grid.Conventions;

/// <summary>Where a state stands under a convention on a day. Numbers are those of the contract.</summary>
public enum MembershipStatus
{
    /// <summary>Neither signed nor consented.</summary>
    NonParty = 1,

    /// <summary>Signed and not yet consented: shall not defeat object and purpose.</summary>
    Signatory = 2,

    /// <summary>Consent deposited, the convention not yet in force for the state.</summary>
    BoundNotInForce = 3,

    /// <summary>Bound.</summary>
    InForce = 4,

    /// <summary>Withdrawal notified and not yet effective: bound as before (APM-10).</summary>
    WithdrawalNotified = 5,

    /// <summary>No longer bound; what was found before stays open.</summary>
    Withdrawn = 6,
}

/// <summary>A party's legal position under one convention on one day.</summary>
public sealed record Membership(string Convention, DateOnly Day, MembershipStatus Status)
{
    public DateOnly? Signed { get; init; }

    /// <summary>The deposit of the consent that holds, or held last.</summary>
    public DateOnly? Deposited { get; init; }

    public DateOnly? EntryIntoForce { get; init; }

    public DateOnly? WithdrawalNotified { get; init; }

    /// <summary>
    /// The day a withdrawal would take effect by its period alone, whether or not a conflict holds it up.
    /// </summary>
    public DateOnly? WithdrawalExpiry { get; init; }

    /// <summary>The day the withdrawal takes, or took, effect; none while an armed conflict holds it up.</summary>
    public DateOnly? WithdrawalEffective { get; init; }

    /// <summary>
    /// Who says that the state was in an armed conflict on <see cref="WithdrawalExpiry"/>; empty if not.
    /// </summary>
    public ImmutableArray<string> WithdrawalHeldUpBy { get; init; } = [];

    public bool ProvisionalApplication { get; init; }

    public bool InArmedConflict { get; init; }

    /// <summary>The day from which the state holds the convention to be suspended; it is judged as bound.</summary>
    public DateOnly? SuspensionAsserted { get; init; }

    /// <summary>Bodies and states that hold that it cannot be suspended.</summary>
    public ImmutableArray<string> SuspensionContestedBy { get; init; } = [];

    /// <summary>What is taken down with a notice.</summary>
    public Standing Standing => new(Convention, Status)
    {
        ProvisionalApplication = ProvisionalApplication,
        SuspensionAsserted = SuspensionAsserted is not null,
        SuspensionContestedBy = SuspensionAsserted is null ? [] : SuspensionContestedBy,
    };
}

/// <summary>
/// Where a state stood under one convention on the day of an act, taken down with the notice, so that what is
/// registered later does not change what was found.
/// </summary>
public sealed record Standing(string Convention, MembershipStatus Status)
{
    public bool ProvisionalApplication { get; init; }

    public bool SuspensionAsserted { get; init; }

    public ImmutableArray<string> SuspensionContestedBy { get; init; } = [];

    /// <summary>In force or withdrawal notified. An asserted suspension changes nothing.</summary>
    public bool IsBound => Status is MembershipStatus.InForce or MembershipStatus.WithdrawalNotified;

    /// <summary>Not bound yet, and not free: a signatory, or a state that has consented.</summary>
    public bool IsOnTheWay => Status is MembershipStatus.Signatory or MembershipStatus.BoundNotInForce;

    public bool Equals(Standing? other) => other is not null
        && (Convention, Status, ProvisionalApplication, SuspensionAsserted)
            == (other.Convention, other.Status, other.ProvisionalApplication, other.SuspensionAsserted)
        && SuspensionContestedBy.SequenceEqual(other.SuspensionContestedBy);

    public override int GetHashCode() => HashCode.Combine(Convention, Status);
}

/// <summary>Where a state stood on the day of an act, under each convention that the act's items concern.</summary>
public sealed record Standings(ImmutableArray<Standing> All)
{
    private static readonly CanonicalCache<Standings> Known = new(1_024);

    /// <summary>
    /// These, as one object for all that are equal: there are few, and each notice in each file has two.
    /// </summary>
    public static Standings Of(ImmutableArray<Standing> all) => Known.Of(new Standings(all));

    /// <summary>
    /// The one under a convention; null if none was taken down: the convention was not judged then.
    /// </summary>
    public Standing? Under(string convention)
    {
        foreach (var standing in All)
        {
            if (standing.Convention == convention)
            {
                return standing;
            }
        }

        return null;
    }

    public bool IsBoundUnder(string convention) => Under(convention) is { IsBound: true };

    public bool Equals(Standings? other) => other is not null && All.SequenceEqual(other.All);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var standing in All)
        {
            hash.Add(standing);
        }

        return hash.ToHashCode();
    }
}
