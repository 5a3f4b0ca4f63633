using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Treaty.Grid.Cluster.Tests.UnderLoad;
using Treaty.Grid.Conventions;
using Treaty.Grid.Storage.Codec;
using Treaty.Grid.Transfers;

namespace Treaty.Grid.Bench;

/// <summary>
/// The steps in the life of one notice, each by itself: time and allocations of the pure parts, without grains, wire or
/// disk. Two parties that have exchanged a thousand transfers decide the same one over and over.
/// </summary>
public class Micro
{
    private const int Before = 1_000;

    private TwoSides _sides = null!;
    private Rulebook _rulebook = null!;
    private FileNotice _dispatch = null!;
    private FileNotice _receipt = null!;
    private TakeNotice _message = null!;
    private TakeAnswer _answer = null!;
    private Party _sender = null!;
    private Party _asked = null!;
    private Party _recipient = null!;
    private Party _told = null!;
    private TransferFile _file = null!;
    private Terms _terms = null!;
    private Entry _entry = null!;
    private byte[] _bytes = [];

    /// <summary>Runs them, and prints BenchmarkDotNet's table.</summary>
    public static int Run(IEnumerable<string> args)
    {
        if (args.Any(a => a is not "--quick"))
        {
            Console.WriteLine("""
                Times the steps in the life of a notice, and what each allocates, with BenchmarkDotNet.

                  dotnet run -c Release --project tests/Bench -- micro [--quick]

                  --quick   three short rounds of each: whether it works, not how fast

                What a whole notice may allocate is held by Cluster.Tests/UnderLoad/AllocationTests.cs.
                """);
            return args.Contains("--help") ? 0 : 1;
        }

        var job = (args.Contains("--quick") ? Job.ShortRun : Job.Default)
            .WithToolchain(new InProcessEmitToolchain(TimeSpan.FromMinutes(5), logOutput: false));
        var artifacts = Directory.CreateTempSubdirectory("treaty-grid-micro-").FullName;
        var config = ManualConfig.CreateEmpty()
            .AddJob(job)
            .AddDiagnoser(MemoryDiagnoser.Default)
            .AddColumnProvider(BenchmarkDotNet.Columns.DefaultColumnProviders.Instance)
            .AddLogger(ConsoleLogger.Default)
            .WithOptions(ConfigOptions.DisableLogFile)
            .WithArtifactsPath(artifacts);
        var summary = BenchmarkRunner.Run<Micro>(config);
        Directory.Delete(artifacts, recursive: true);
        return summary.HasCriticalValidationErrors ? 1 : 0;
    }

    [GlobalSetup]
    public void Exchange()
    {
        _sides = new TwoSides();
        _rulebook = _sides.Rulebook;
        _sides.Exchange(Before);
        _sides.Release();

        (_dispatch, _receipt) = (_sides.Dispatch(Before), _sides.Receipt(Before));
        (_sender, _recipient) = (_sides.From.Party, _sides.To.Party);
        var filed = _sides.From.Decide(_dispatch, _rulebook);
        _asked = _sides.From.Party;
        _message = _sides.Message(filed);
        var taken = _sides.To.Decide(_message, _rulebook);
        _told = _sides.To.Party;
        _answer = _sides.Answer(_told.Code, taken);

        var received = _sides.To.Decide(_receipt, _rulebook);
        _file = _sides.To.Party.Files[_receipt.Notice.Transfer];
        _terms = _rulebook.TermsOf(_file);
        _entry = new Entry(received.RecordTime, default, received.Events);
        _bytes = EntryCodec.Encode(_entry, _told.Code);
    }

    /// <summary>The sender files its dispatch.</summary>
    [Benchmark]
    public Decision DecideDispatch() => _sender.Decide(_dispatch, _rulebook);

    /// <summary>The recipient is told of it.</summary>
    [Benchmark]
    public Decision DecideMessage() => _recipient.Decide(_message, _rulebook);

    /// <summary>The sender hears what the recipient made of it.</summary>
    [Benchmark]
    public Decision DecideAnswer() => _asked.Decide(_answer, _rulebook);

    /// <summary>The recipient files its receipt, and both sides are held against each other.</summary>
    [Benchmark]
    public Decision DecideReceipt() => _told.Decide(_receipt, _rulebook);

    /// <summary>Both sides of one file.</summary>
    [Benchmark]
    public (Match, int) Match()
    {
        var (match, differences) = Matching.Compare(_file, _rulebook.Taxonomy, _terms);
        return (match, differences.Length);
    }

    /// <summary>The entry that records the receipt, to bytes.</summary>
    [Benchmark]
    public byte[] Encode() => EntryCodec.Encode(_entry, _told.Code);

    /// <summary>And back.</summary>
    [Benchmark]
    public Entry Decode() => EntryCodec.Decode(_bytes, _told.Code);

    /// <summary>Its events, into the party.</summary>
    [Benchmark]
    public Party Fold() => _entry.Events.Aggregate(_told, (party, happened) => party.With(happened, _entry.RecordTime));
}
