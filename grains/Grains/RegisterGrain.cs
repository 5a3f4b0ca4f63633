using Google.Rpc;
using Orleans.Concurrency;
using Treaty.Grid.Contracts;
using Treaty.Grid.Items;
using Treaty.Grid.Storage;
using Treaty.Grid.Storage.Codec;
using Treaty.Grid.V1;
using Convention = Treaty.Grid.V1.Convention;
using Item = Treaty.Grid.V1.Item;
using Rule = Treaty.Grid.V1.Rule;
using Severity = Treaty.Grid.V1.Severity;

namespace Treaty.Grid.Grains;

/// <summary>What the register knows beyond any one party: its list of parties, its conventions, its taxonomy.</summary>
[StatelessWorker]
[GrainType("register")]
internal sealed class RegisterGrain(IJournal journal, Rulebook rulebook) : Grain, IRegisterGrain
{
    public async ValueTask<ListPartiesResponse> ListParties(ListPartiesRequest request)
    {
        var size = Page.Size(request.PageSize);
        var codes = await ListCodesAsync(Page.Decode(request.PageToken), size + 1);
        var parties = await Task.WhenAll(codes.Take(size).Select(code => GetAsync(code, request.AsOf)));
        return new ListPartiesResponse
        {
            Parties = { parties },
            NextPageToken = codes.Count > size ? Page.Encode(codes[size - 1]) : "",
        };
    }

    private async Task<V1.Party> GetAsync(string code, Google.Type.Date? asOf)
    {
        var name = $"parties/{code}";
        try
        {
            return await GrainFactory.Party(code)
                .GetParty(new GetPartyRequest { Name = name, AsOf = asOf });
        }
        catch (RefusedException e) when (e.Status.Code == (int)Code.DataLoss)
        {
            // One that cannot be read must not keep the others from being listed.
            return new V1.Party { Name = name };
        }
    }

    private async ValueTask<IReadOnlyList<string>> ListCodesAsync(string after, int limit)
    {
        try
        {
            return await journal.ListPartiesAsync(after, limit, CancellationToken.None);
        }
        catch (JournalUnavailableException)
        {
            throw new RefusedException(PartyGrain.JournalUnreadable());
        }
    }

    public ValueTask<ListConventionsResponse> ListConventions(ListConventionsRequest request)
    {
        var page = Page.Of(
            [.. rulebook.Conventions.Values], request.PageToken, Page.Size(request.PageSize), c => c.Id);
        return ValueTask.FromResult(new ListConventionsResponse
        {
            Conventions = { page.Items.Select(ToMessage) },
            NextPageToken = page.NextToken,
        });
    }

    public ValueTask<Convention> GetConvention(GetConventionRequest request)
    {
        var id = StatementCodec.IdOf(request.Name);
        return rulebook.Conventions.TryGetValue(id, out var convention)
            ? ValueTask.FromResult(ToMessage(convention))
            : throw new RefusedException(RefusedException.Refuse(
                Code.NotFound, ErrorReason.ConventionUnknown,
                $"The register does not know the convention {id}. ListConventions gives those it knows.",
                [new("convention", id)]));
    }

    public ValueTask<ListItemsResponse> ListItems(ListItemsRequest request)
    {
        var page = Page.Of(
            [.. rulebook.Taxonomy.Items.Values], request.PageToken, Page.LongSize(request.PageSize), i => i.Id);
        return ValueTask.FromResult(new ListItemsResponse
        {
            Items = { page.Items.Select(ToMessage) },
            NextPageToken = page.NextToken,
            Version = rulebook.Taxonomy.Version,
        });
    }

    public ValueTask<Item> GetItem(GetItemRequest request)
    {
        var id = StatementCodec.IdOf(request.Name);
        return rulebook.Taxonomy.Find(rulebook.Taxonomy.IdOf(id)) is { } item
            ? ValueTask.FromResult(ToMessage(item))
            : throw new RefusedException(RefusedException.Refuse(
                Code.NotFound, ErrorReason.ItemUnknown,
                $"The taxonomy does not know the item {id}. ListItems gives those it knows.", [new("item", id)]));
    }

    private static Convention ToMessage(Conventions.Convention convention) => new()
    {
        Name = $"conventions/{convention.Id}",
        DisplayName = convention.DisplayName,
        PackVersion = convention.PackVersion,
        InForce = convention.InForce.ToDate(),
        Rules =
        {
            convention.Rules.Select(rule => new Rule
            {
                Id = rule.Id,
                Title = rule.Text.Title,
                Article = rule.Article,
                Severity = (Severity)rule.Severity,
                Explanation = rule.Text.Explanation,
                Remedy = rule.Text.Remedy,
                Inputs = { rule.Check.Inputs },
                Check = rule.Check.Id,
                FromMemory = rule.IsFromMemory,
            }),
        },
        Source = convention.Source,
    };

    private static Item ToMessage(Items.Item item) => new()
    {
        Name = $"items/{item.Id}",
        DisplayName = item.DisplayName,
        Class = item.Class,
        Activation = item.Activation switch
        {
            ItemActivation.Victim => "victim",
            ItemActivation.VictimOrCommand => "victim_or_command",
            ItemActivation.Vehicle => "vehicle",
            _ => "none",
        },
        Scatterable = item.Scatterable,
        Maker = item.Maker,
        Source = item.Source,
        Unit = item.Unit,
        Characteristics = { item.Characteristics },
        Aliases = { item.Aliases },
        Version = item.Version,
        Container = item.Container?.Unit ?? "",
        ContainerCount = item.Container?.Count ?? 0,
    };
}
