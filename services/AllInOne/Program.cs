using Treaty.Grid.AllInOne;
using Treaty.Grid.Gateway;
using Treaty.Grid.Grains;
using Treaty.Grid.Hosting;
using Treaty.Grid.Silo;
using Treaty.Grid.Silo.Operations;
using Treaty.Grid.Storage;

if (args is ["journal", ..])
{
    return await JournalCommands.OfThisProcess(Help.Program).RunAsync(args, CancellationToken.None);
}

NativeHeaps.Limit();
return await new GridProgram(Help.Text, Help.Switches, e => e is JournalException).RunAsync(
    args,
    builder =>
    {
        builder.Services.AddTelemetry(
            builder.Configuration, "treaty-grid", Telemetry.SourceName, GrainTelemetry.Name,
            JournalWriter.TelemetryName);
        builder.AddTreatyGridSilo();
        builder.AddTreatyGridGateway();
        return builder.Build().MapTreatyGridGateway();
    },
    Greeting.PrintAsync);
