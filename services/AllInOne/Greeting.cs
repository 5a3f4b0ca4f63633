using System.Globalization;
using Treaty.Grid.Contracts;
using Treaty.Grid.Silo;
using Treaty.Grid.V1;

namespace Treaty.Grid.AllInOne;

/// <summary>What the program says when it is ready: where it listens, what it holds, and what to try.</summary>
internal static class Greeting
{
    public static async Task PrintAsync(WebApplication app)
    {
        var grains = app.Services.GetRequiredService<IGrainFactory>();
        var today = DateOnly.FromDateTime(app.Services.GetRequiredService<TimeProvider>().GetUtcNow().UtcDateTime);
        var (parties, bound) = await CountAsync(grains.GetGrain<IRegisterGrain>(0));
        var day = today.ToString("d MMMM yyyy", CultureInfo.InvariantCulture);
        var (grpc, web) = (app.Urls.First(), app.Urls.Last());
        Console.WriteLine(
            $"""
            Treaty Grid is ready.
              gRPC  {grpc}
              JSON  {web}/v1
              Data  {SiloHosting.DescribeJournal(app.Configuration)}
              {parties} states, {bound} of them bound by the Mine Ban Convention on {day}

            Try:  curl -s {web}/v1/parties/UKR
            """);
    }

    private static async Task<(int Parties, int Bound)> CountAsync(IRegisterGrain register)
    {
        var (parties, bound) = (0, 0);
        var request = new ListPartiesRequest { PageSize = Limits.PageSizeMax };
        do
        {
            var page = await register.ListParties(request);
            parties += page.Parties.Count;
            bound += page.Parties.Count(p => p.Memberships.Any(m => m.Convention == "conventions/apmbc"
                && m.Status is MembershipStatus.InForce or MembershipStatus.WithdrawalNotified));
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);

        return (parties, bound);
    }
}
