namespace Treaty.Grid.Transfers;

/// <summary>What a notice reports. Numbers are those of the contract.</summary>
public enum NoticeKind
{
    /// <summary>Either side: a transfer is intended.</summary>
    Plan = 1,

    /// <summary>The sender: mines have left.</summary>
    Dispatch = 2,

    /// <summary>The recipient: mines have arrived.</summary>
    Receipt = 3,

    /// <summary>The recipient: what arrived was not accepted.</summary>
    Refusal = 4,

    /// <summary>The sender: a plan is given up. Either side: the notice that this one supersedes is.</summary>
    Cancellation = 5,

    /// <summary>The recipient: mines received for destruction have been destroyed.</summary>
    Destruction = 6,

    /// <summary>Whoever has custody: mines were lost.</summary>
    Loss = 7,

    /// <summary>The state named by another's notice: its answer. Moves no stock.</summary>
    Reply = 8,

    /// <summary>Either side: why the two sides' reports differ. Moves no stock.</summary>
    Explanation = 9,
}

/// <summary>Why two honest reports may differ. Numbers are those of the contract.</summary>
public enum ExplanationCode
{
    Unspecified = 0,
    InTransitAtCutoff = 1,
    UnitOrPackaging = 2,
    Classification = 3,
    PartnerAttribution = 4,
    AuthorisedNotActual = 5,
    Threshold = 6,
    Clerical = 7,
    LossOrAccident = 8,
    DamagedInTransit = 9,
    SplitOrMerged = 10,
    Duplicate = 11,
    Withheld = 12,
    Unknown = 13,
}

/// <summary>What a transfer is for. Numbers are those of the contract.</summary>
public enum Purpose
{
    Unspecified = 0,

    /// <summary>Anything without an exception.</summary>
    OperationalUse = 1,

    /// <summary>Article 3(1).</summary>
    Training = 2,

    /// <summary>Article 3(2).</summary>
    Destruction = 3,
}

/// <summary>What a recipient is. Numbers are those of the contract.</summary>
public enum RecipientKind
{
    /// <summary>Taken as a state.</summary>
    Unspecified = 0,
    State = 1,
    StateAgency = 2,
    Contractor = 3,
    InternationalOrganisation = 4,
    NonState = 5,
}

/// <summary>
/// What identifies a transfer. The sender is part of it, else a third state could squat on a reference.
/// </summary>
/// <param name="Sender">A party's code.</param>
/// <param name="Recipient">A party's code, or a name of the same form for who is no state.</param>
/// <param name="Reference">Chosen by the sender, shared by both; case-sensitive.</param>
public readonly record struct TransferKey(string Sender, string Recipient, string Reference)
    : IComparable<TransferKey>
{
    /// <summary>As the contract names it.</summary>
    public string Name => $"parties/{Sender}/transfers/{Recipient}~{Reference}";

    /// <summary>The other side of the transfer, seen from one of them.</summary>
    public string Counterpart(string side) => side == Sender ? Recipient : Sender;

    public bool IsSide(string party) => party == Sender || party == Recipient;

    public int CompareTo(TransferKey other) => string.CompareOrdinal(Name, other.Name);

    /// <summary>The inverse of <see cref="ToString"/>: of codes no part has a tilde, a reference may.</summary>
    public static TransferKey Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Split('~', 3) is [var sender, var recipient, var reference]
            ? new TransferKey(sender, recipient, reference)
            : throw new FormatException($"'{text}' is no `sender~recipient~reference`.");
    }

    public override string ToString() => $"{Sender}~{Recipient}~{Reference}";
}

/// <summary>One statement of one party about one transfer.</summary>
/// <param name="Id">Chosen by the filer; with it the key of repeats.</param>
/// <param name="Filer">Whose statement it is.</param>
/// <param name="Kind">What it reports.</param>
/// <param name="Transfer">Which transfer.</param>
/// <param name="Purpose">What for; unspecified where it does not apply.</param>
/// <param name="Date">The day of the act.</param>
/// <param name="Lines">Types and quantities.</param>
public sealed record Notice(
    string Id, string Filer, NoticeKind Kind, TransferKey Transfer, Purpose Purpose, DateOnly Date,
    ImmutableArray<Line> Lines)
{
    /// <summary>Third states on the route.</summary>
    public ImmutableArray<string> Transit { get; init; } = [];

    public RecipientKind RecipientKind { get; init; }

    /// <summary>As stated; see <see cref="IsFinal"/>.</summary>
    public bool? Final { get; init; }

    /// <summary>As stated; true by default.</summary>
    public bool? Moved { get; init; }

    /// <summary>As stated; true by default.</summary>
    public bool? TitlePassed { get; init; }

    /// <summary>As stated; true by default.</summary>
    public bool? ControlPassed { get; init; }

    public long? StatedTotal { get; init; }

    /// <summary>The transfer under which these mines were received for destruction and which they now leave.</summary>
    public TransferKey? OnwardFrom { get; init; }

    public string Remark { get; init; } = "";

    /// <summary>
    /// The id of the filer's earlier notice about the same transfer that this one takes the place of; empty if none.
    /// </summary>
    public string Supersedes { get; init; } = "";

    /// <summary>On an explanation only.</summary>
    public ExplanationCode Explanation { get; init; }

    /// <summary>Where mines were destroyed; on a destruction only.</summary>
    public string Site { get; init; } = "";

    /// <summary>How mines were destroyed; on a destruction only.</summary>
    public string Method { get; init; } = "";

    /// <summary>Takes an earlier notice back and puts nothing in its place.</summary>
    public bool IsWithdrawal => Kind == NoticeKind.Cancellation && Supersedes.Length > 0;

    /// <summary>One side's word of what moved: both sides file one.</summary>
    public bool IsAct => Kind is NoticeKind.Dispatch or NoticeKind.Receipt;

    /// <summary>As the contract names it.</summary>
    public string Name => $"parties/{Filer}/notices/{Id}";

    /// <summary>A receipt after which nothing more arrives; the last certificate of destruction.</summary>
    public bool IsFinal => Final ?? Kind == NoticeKind.Receipt;

    /// <summary>All three parts of "transfer" in Article 2(4); otherwise its reading is disputed.</summary>
    public bool IsWholeTransfer => (Moved ?? true) && (TitlePassed ?? true) && (ControlPassed ?? true);

    /// <summary>The recipient is a state, or answers for one: it has a file of its own.</summary>
    public bool IsToState =>
        RecipientKind is not (RecipientKind.InternationalOrganisation or RecipientKind.NonState);

    /// <summary>
    /// The transfer that this dispatch by its recipient takes mines from, or took them before it was withdrawn. Null
    /// for any other notice that names one: a plan moves nothing, and the next holder does not account for the one
    /// before.
    /// </summary>
    public TransferKey? PassesOnFrom =>
        (Kind == NoticeKind.Dispatch || IsWithdrawal) && OnwardFrom is { } origin && origin.Recipient == Filer
            ? origin
            : null;

    /// <summary>What a convention's pack calls the purpose, where the common names do not say it; else empty.</summary>
    public string PurposeCode { get; init; } = "";

    /// <summary>
    /// When its filer first reported it, under the reference that it was moved from; null if it was not moved.
    /// </summary>
    public DateTimeOffset? FirstReported { get; init; }

    /// <summary>As packs name it: <c>training</c>, or what the pack itself calls it.</summary>
    public string PurposeId => IsOwnCode ? PurposeCode : CommonPurposes[(int)Purpose];

    /// <summary>What every pack may name, by <see cref="Purpose"/>.</summary>
    public static ImmutableArray<string> CommonPurposes { get; } =
        ["unspecified", "operational_use", "training", "destruction"];

    /// <summary>A code does not contradict the purpose beside it: of the common names it says nothing.</summary>
    private bool IsOwnCode => PurposeCode.Length > 0 && !CommonPurposes.Contains(PurposeCode);

    /// <summary>
    /// The first field in which the other says something else, as the contract names it; null if none.
    /// </summary>
    public string? FirstDifference(Notice other) =>
        Kind != other.Kind ? "kind"
        : Transfer.Reference != other.Transfer.Reference ? "transfer"
        : Transfer.Sender != other.Transfer.Sender ? "sender"
        : Transfer.Recipient != other.Transfer.Recipient ? "recipient"
        : !Transit.Order(StringComparer.Ordinal).SequenceEqual(other.Transit.Order(StringComparer.Ordinal)) ? "transit"
        : Purpose != other.Purpose ? "purpose"
        : PurposeCode != other.PurposeCode ? "purpose_code"
        : Date != other.Date ? "date"
        : Line.FirstDifference(Lines, other.Lines) is { } line ? line
        : IsFinal != other.IsFinal ? "final"
        : StatedKind != other.StatedKind ? "recipient_kind"
        : (Moved ?? true) != (other.Moved ?? true) ? "moved"
        : (TitlePassed ?? true) != (other.TitlePassed ?? true) ? "title_passed"
        : (ControlPassed ?? true) != (other.ControlPassed ?? true) ? "control_passed"
        : StatedTotal != other.StatedTotal ? "stated_total"
        : OnwardFrom != other.OnwardFrom ? "onward_from"
        : Remark != other.Remark ? "remark"
        : Supersedes != other.Supersedes ? "supersedes"
        : Explanation != other.Explanation ? "explanation"
        : Site != other.Site ? "site"
        : Method != other.Method ? "method"
        : null;

    /// <summary>
    /// The field in which this notice is no correction of an earlier one of its filer; null if it is. A correction is
    /// of the same kind, or withdraws; it stays in its transfer, and takes its mines from where they came.
    /// </summary>
    public string? FirstObstacle(Notice former) =>
        Transfer != former.Transfer ? "transfer"
        : Kind != former.Kind && !IsWithdrawal ? "kind"
        : OnwardFrom != former.OnwardFrom ? "onward_from"
        : null;

    private RecipientKind StatedKind =>
        RecipientKind == RecipientKind.Unspecified ? RecipientKind.State : RecipientKind;
}
