using System.Diagnostics;

namespace Treaty.Grid.Cluster.Tests.EndToEnd;

/// <summary>The session of the README through clients that nobody here wrote.</summary>
public abstract class StrangersTests(Door register)
{
    [Collection(SharedRegister.Name)]
    public sealed class AllInOne(RunningRegister register) : StrangersTests(register);

    [Collection(SharedCluster.Name)]
    public sealed class InCluster(RunningCluster cluster) : StrangersTests(cluster);

    private const string Notice = """
        {
          "kind": "NOTICE_KIND_DISPATCH", "transfer": "STRANGERS", "sender": "JPN", "recipient": "NZL",
          "purpose": "PURPOSE_TRAINING", "date": {"year": 2007, "month": 5, "day": 4},
          "lines": [{"item": "PMA-2", "quantity": "10"}]
        }
        """;

    private static readonly TimeSpan ToolMax = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Curl_files_a_notice_and_is_refused_another_states()
    {
        var curl = Need(Find("curl"), "curl");
        var address = new Uri(register.Web.BaseAddress!, "v1/parties/JPN/notices:submit").ToString();
        string[] command =
        [
            "-sS", "--fail-with-body", "-H", "content-type: application/json",
            "-d", $$"""{"noticeId": "CURL", "notice": {{Notice}}}""", address,
        ];
        var filed = await RunAsync(curl, ["-H", "x-party: JPN", .. command]);
        Assert.True(filed.ExitCode == 0, filed.ToString());
        Assert.Contains("\"crossCheck\":\"CROSS_CHECK_COMPLETE\"", Compact(filed.Output), StringComparison.Ordinal);

        // 22: an HTTP status of 400 or above.
        var refused = await RunAsync(curl, ["-H", "x-party: NZL", "-w", "%{http_code}", .. command]);
        Assert.True(refused.ExitCode == 22, refused.ToString());
        Assert.EndsWith("403", refused.Output, StringComparison.Ordinal);
        Assert.Contains("\"reason\":\"PARTY_SCOPE\"", Compact(refused.Output), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Buf_curl_learns_the_contract_by_reflection_files_a_notice_and_is_refused_another_states()
    {
        var buf = Need(FindBuf(), "buf (npm ci --prefix protos)");
        string[] command =
        [
            "curl", "--http2-prior-knowledge", "--protocol", "grpc",
            "-d", $$"""{"parent": "parties/JPN", "noticeId": "BUF", "notice": {{Notice}}}""",
            $"http://{register.Channel.Target}/treaty.grid.v1.NoticeService/SubmitNotice",
        ];
        var filed = await RunAsync(buf, [.. command, "-H", "x-party: JPN"]);
        Assert.True(filed.ExitCode == 0, filed.ToString());
        Assert.Contains("\"crossCheck\":\"CROSS_CHECK_COMPLETE\"", Compact(filed.Output), StringComparison.Ordinal);

        // Eight times the code of gRPC: PERMISSION_DENIED is 7.
        var refused = await RunAsync(buf, [.. command, "-H", "x-party: NZL"]);
        Assert.True(refused.ExitCode == 56, refused.ToString());
        Assert.Contains("permission_denied", refused.Errors, StringComparison.Ordinal);
    }

    private static string Compact(string json) => string.Concat(json.Where(c => !char.IsWhiteSpace(c)));

    internal static string? Find(string tool) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Select(directory => Path.Combine(directory, tool))
        .FirstOrDefault(File.Exists);

    /// <summary>As npm lays it beside the contract.</summary>
    internal static string? FindBuf()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            var buf = Path.Combine(at.FullName, "protos", "node_modules", ".bin", "buf");
            if (File.Exists(buf))
                return buf;
        }

        return null;
    }

    /// <summary>A missing tool is skipped and said so, but never where everything must be checked.</summary>
    internal static string Need(string? path, string tool)
    {
        if (path is null && Environment.GetEnvironmentVariable("CI") == "true")
            Assert.Fail($"Not here: {tool}");
        Assert.SkipWhen(path is null, $"Not here: {tool}");
        return path!;
    }

    internal static async Task<(int ExitCode, string Output, string Errors)> RunAsync(string tool, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(tool, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        try
        {
            var cancellation = TestContext.Current.CancellationToken;
            var output = process.StandardOutput.ReadToEndAsync(cancellation);
            var errors = process.StandardError.ReadToEndAsync(cancellation);
            await process.WaitForExitAsync(cancellation).WaitAsync(ToolMax, cancellation);
            return (process.ExitCode, await output, await errors);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }
}
