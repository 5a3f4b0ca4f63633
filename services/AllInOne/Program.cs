using Treaty.Grid.AllInOne;
using Treaty.Grid.Gateway;
using Treaty.Grid.Silo;
using Treaty.Grid.Silo.Operations;

if (args is ["journal", ..])
{
    return await JournalCommands.OfThisProcess(Help.Program).RunAsync(args, CancellationToken.None);
}

if (args.Any(a => a is "--help" or "-h" or "-?"))
{
    Console.WriteLine(Help.Text);
    return 0;
}

if (Help.Unknown(args) is { } unknown)
{
    await Console.Error.WriteLineAsync($"Treaty Grid does not know {unknown}. --help tells what it knows.");
    return 1;
}

try
{
    var builder = WebApplication.CreateBuilder(new WebApplicationOptions
    {
        Args = args,

        // Settings lie beside the program, data where it is started.
        ContentRootPath = AppContext.BaseDirectory,
    });
    builder.Configuration.AddCommandLine(args, Help.Switches);
    builder.Services.AddTelemetry(builder.Configuration);
    builder.AddTreatyGridSilo();
    builder.AddTreatyGridGateway();

    await using var app = builder.Build();
    app.MapTreatyGridGateway();
    await app.StartAsync();
    await Greeting.PrintAsync(app);
    await app.WaitForShutdownAsync();
    return 0;
}
catch (Exception e) when (Help.Explain(e) is { } explanation)
{
    await Console.Error.WriteLineAsync(explanation);
    return 1;
}
