using System.Globalization;
using Treaty.Grid.Auditor;
using Treaty.Grid.V1;
using Kind = Treaty.Grid.V1.DepositaryNotification.Types.Kind;
using PublicParty = Treaty.Grid.V1.Party;

namespace Treaty.Grid.Load;

/// <summary>
/// The parties that file: first the states of the register that were bound by the Mine Ban Convention all the time that
/// stories speak of, then states that nobody knows, whom the depositary registers.
/// </summary>
internal sealed class Roster
{
    private const int PageSize = 200;
    private const int AtOnce = 64;
    private const string Depositary = "depositary";
    private static readonly DateOnly First = new(2024, 1, 1);
    private static readonly DateOnly Last = new(2025, 12, 1);
    private static readonly DateOnly Joined = new(1998, 6, 1);

    private readonly Dictionary<string, Country> _countries;

    private Roster(IEnumerable<Country> countries, int registered)
    {
        _countries = countries.ToDictionary(c => c.Code, StringComparer.Ordinal);
        (Codes, Registered) = ([.. _countries.Keys], registered);
    }

    public IReadOnlyList<string> Codes { get; }

    /// <summary>How many nobody had known before.</summary>
    public int Registered { get; }

    public Country this[string code] => _countries[code];

    public static string SyntheticOf(int number) =>
        string.Create(CultureInfo.InvariantCulture, $"L{number:0000000}");

    public static Roster Of(IEnumerable<Country> countries) => new(countries, 0);

    public static async Task<Roster> GatherAsync(Lines lines, int count, TextWriter progress)
    {
        var all = await ReadAsync(lines);
        var states = all.Where(c => !IsSynthetic(c.Code) && c.BoundOn(First) && c.BoundOn(Last)).Take(count).ToList();
        var others = Enumerable.Range(0, count - states.Count).Select(SyntheticOf);
        return await RegisterAsync(lines, all, [.. states.Select(s => s.Code), .. others], progress);
    }

    /// <summary>Those named, of whom the made-up ones are registered.</summary>
    public static async Task<Roster> GatherAsync(Lines lines, IReadOnlyList<string> codes, TextWriter progress) =>
        await RegisterAsync(lines, await ReadAsync(lines), codes, progress);

    private static async Task<Roster> RegisterAsync(
        Lines lines, List<Country> all, IReadOnlyList<string> codes, TextWriter progress)
    {
        var known = all.ToDictionary(c => c.Code, StringComparer.Ordinal);
        var missing = codes.Where(c => !known.ContainsKey(c)).ToList();
        var registered = new Milestones(progress, missing.Count, "states registered");
        await Parallel.ForEachAsync(
            missing, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (code, _) =>
            {
                await RegisterAsync(lines, code);
                registered.Pass();
            });
        return new Roster(
            codes.Select(c => known.GetValueOrDefault(c) ?? new Country(c) { Deposited = Joined }), missing.Count);
    }

    private static bool IsSynthetic(string code) => code.Length == 8 && code[0] == 'L' && char.IsAsciiDigit(code[1]);

    private static async Task<List<Country>> ReadAsync(Lines lines)
    {
        var countries = new List<Country>();
        var request = new ListPartiesRequest { PageSize = PageSize };
        do
        {
            var page = await lines.AskLongAsync(
                "PartyService/ListParties", "operator", request, ListPartiesResponse.Parser);
            countries.AddRange(page.Parties.Select(CountryOf));
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        return countries;
    }

    /// <summary>The acts as the register gives them; what follows from them the auditor works out itself.</summary>
    private static Country CountryOf(PublicParty party)
    {
        var membership = party.Memberships.FirstOrDefault(m => m.Convention == Wire.Convention);
        return new Country(party.Name["parties/".Length..])
        {
            Signed = Wire.DayOf(membership?.Signed),
            Deposited = Wire.DayOf(membership?.Deposited),
            WithdrawalReceived = Wire.DayOf(membership?.WithdrawalNotified),
        };
    }

    private static async Task RegisterAsync(Lines lines, string code)
    {
        await lines.AskLongAsync(
            "PartyService/RegisterParty", Depositary,
            new RegisterPartyRequest { PartyId = code, Party = new PublicParty { DisplayName = $"State {code}" } },
            PublicParty.Parser);
        await lines.AskLongAsync(
            "PartyService/RecordDepositaryNotification", Depositary,
            new RecordDepositaryNotificationRequest
            {
                Parent = $"parties/{code}",
                NotificationId = "joined",
                Notification = new DepositaryNotification
                {
                    Convention = Wire.Convention,
                    Kind = Kind.Accession,
                    Date = Wire.DateOf(Joined),
                    Source = "made up, for load",
                },
            },
            RecordDepositaryNotificationResponse.Parser);
    }
}
