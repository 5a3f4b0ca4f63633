namespace Treaty.Grid.Contracts;

/// <summary>Every bound on what may be asked, each with its reason. The gateway holds requests to them.</summary>
public static class Limits
{
    /// <summary>1,000 notices of ordinary size fit many times; one caller cannot fill the memory.</summary>
    public const int MessageBytesMax = 4 * 1024 * 1024;

    /// <summary>Metadata of a request: identity and trace context need a few hundred bytes.</summary>
    public const int RequestHeaderBytesMax = 16 * 1024;

    /// <summary>Notices in a batch: enough to hide the cost of a call, few enough to be answered soon.</summary>
    public const int BatchNoticesMax = 1_000;

    /// <summary>Ids and references are typed, printed and read aloud.</summary>
    public const int IdLengthMax = 64;

    /// <summary>Ids of notices are made of it and must not become too long.</summary>
    public const int ConfirmationIdLengthMax = 40;

    /// <summary>Party codes: ISO 3166 alpha-3, and room for bodies that have none.</summary>
    public const int PartyCodeLengthMax = 32;

    /// <summary>The longest official name of a state has 56 letters.</summary>
    public const int DisplayNameLengthMax = 200;

    /// <summary>Lot marks as painted on a crate.</summary>
    public const int LotLengthMax = 64;

    /// <summary>A short reason, a unit or the name of a body.</summary>
    public const int PhraseLengthMax = 100;

    /// <summary>A reason, or where something was published.</summary>
    public const int ReasonLengthMax = 500;

    /// <summary>The name of a destruction site.</summary>
    public const int SiteLengthMax = 200;

    /// <summary>The name of a method of destruction, not its manual.</summary>
    public const int MethodLengthMax = 200;

    /// <summary>A remark is a paragraph; documents are referred to, not carried.</summary>
    public const int RemarkLengthMax = 2_000;

    /// <summary>Types of mine in one notice; no state ever declared as many.</summary>
    public const int NoticeLinesMax = 100;

    /// <summary>Lines of a declaration: every type in every class.</summary>
    public const int DeclarationLinesMax = 1_000;

    /// <summary>Requests for clarification in one answer; no state ever received one.</summary>
    public const int ClarificationsMax = 1_000;

    /// <summary>What a report says under one paragraph.</summary>
    public const int ReportTextLengthMax = 10_000;

    /// <summary>Institutions, sites or methods that a report names.</summary>
    public const int ReportEntriesMax = 50;

    /// <summary>What is stated of the pieces of one line: more than any convention asks.</summary>
    public const int CharacteristicsMax = 20;

    /// <summary>Lots of one line.</summary>
    public const int LotsMax = 200;

    /// <summary>Exceptions on one line of a receipt.</summary>
    public const int ExceptionsMax = 20;

    /// <summary>States on one route.</summary>
    public const int TransitMax = 20;

    /// <summary>Bodies that assert one fact: every state may object.</summary>
    public const int AssertersMax = 250;

    /// <summary>
    /// Single mines in one figure, or milligrams of a chemical (1,000 tonnes): thousands of times any real stock, and
    /// a million such figures still add up within 64 bits.
    /// </summary>
    public const long QuantityMax = 1_000_000_000_000;

    /// <summary>The first convention in the register opened for signature in 1980; older dates are slips.</summary>
    public static readonly DateOnly DateMin = new(1980, 1, 1);

    /// <summary>Plans may lie ahead; more than this is a slip.</summary>
    public const int DateAheadYearsMax = 10;

    /// <summary>Violations reported for one request: past this a program is at fault, and no list helps.</summary>
    public const int ViolationsMax = 100;

    /// <summary>The page of a list of parties or declarations when none is asked for, and at most.</summary>
    public const int PageSizeDefault = 50;

    /// <summary>See <see cref="PageSizeDefault"/>.</summary>
    public const int PageSizeMax = 200;

    /// <summary>The page of a list of findings, items or obligations when none is asked for, and at most.</summary>
    public const int LongPageSizeDefault = 100;

    /// <summary>See <see cref="LongPageSizeDefault"/>.</summary>
    public const int LongPageSizeMax = 1_000;

    /// <summary>A filter that a person wrote, or a program from some hundred values.</summary>
    public const int FilterLengthMax = 2_000;

    /// <summary>Parentheses inside each other in a filter; it is read by recursion.</summary>
    public const int FilterDepthMax = 20;

    /// <summary>The name of the resource that stands for all parties, as in <c>parties/-</c> (AIP-159).</summary>
    public const string AllParties = "parties/-";

    /// <summary>
    /// Notices that wait in one gateway for one party's grain: four full batches. Beyond it the caller is told to wait.
    /// </summary>
    public const int QueuedNoticesPerPartyMax = 4 * BatchNoticesMax;

    /// <summary>How long a filer waits for the other side's answer before it is told PENDING.</summary>
    public static readonly TimeSpan CrossCheckWaitMax = TimeSpan.FromSeconds(2);

    /// <summary>How long the answers of other parties stay in memory alone when nothing else is recorded.</summary>
    public static readonly TimeSpan RidingMax = TimeSpan.FromSeconds(1);

    /// <summary>Messages carried by one delivery to a party.</summary>
    public const int DeliveryMessagesMax = BatchNoticesMax;

    /// <summary>What a caller is told to wait when a queue is full or the journal is away.</summary>
    public static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);
}
