using System.Diagnostics;

namespace Treaty.Grid.Gateway;

/// <summary>What the gateway tells of its work, beside what ASP.NET Core tells by itself.</summary>
public static class Telemetry
{
    /// <summary>The name of its source of spans.</summary>
    public const string SourceName = "Treaty.Grid.Gateway";

    internal static readonly ActivitySource Source = new(SourceName);

    /// <summary>The W3C trace context of the request in hand; empty when it is not traced.</summary>
    internal static string Traceparent =>
        Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } id } ? id : "";
}
