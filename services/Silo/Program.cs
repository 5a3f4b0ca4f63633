using Treaty.Grid.Hosting;
using Treaty.Grid.Silo;
using Treaty.Grid.Silo.Operations;
using Treaty.Grid.Storage;

if (args is ["journal", ..])
    return await JournalCommands.OfThisProcess(Help.Program).RunAsync(args, CancellationToken.None);

if (args is ["silo", ..])
    return await new SiloCommands(Help.Program, Console.Out, Console.Error).RunAsync(args, CancellationToken.None);

return await new GridProgram(Help.Text, Help.Switches, e => e is JournalException).RunAsync(
    args,
    builder =>
    {
        builder.AddTreatyGridMember();
        builder.AddHealth();
        return builder.Build().MapHealth();
    },
    app =>
    {
        var silo = app.Services.GetRequiredService<Endpoints>();
        Console.WriteLine(
            $"""
            The silo {silo.Name} is ready.
              Silos     {silo.Address}:{silo.SiloPort}
              Gateways  {silo.Address}:{silo.ClientPort}
              Health    {app.Urls.First()}/healthz/ready
            """);
        return Task.CompletedTask;
    });
