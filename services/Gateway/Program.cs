using Treaty.Grid.Gateway;
using Treaty.Grid.Hosting;

return await new GridProgram(Help.Text, Help.Switches).RunAsync(
    args,
    builder =>
    {
        builder.Services.AddTelemetry(builder.Configuration, "treaty-grid-gateway", Telemetry.SourceName);
        builder.AddSiloClient();
        builder.AddTreatyGridGateway();
        builder.AddDrain(builder.Configuration.GetSection(GatewayHosting.Section));
        return builder.Build().MapTreatyGridGateway();
    },
    app =>
    {
        Console.WriteLine(
            $"""
            The gateway is ready.
              gRPC  {app.Urls.First()}
              JSON  {app.Urls.Last()}/v1
            """);
        return Task.CompletedTask;
    });
