using System.Reflection;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Messaging;
using Orleans.Serialization.Invocation;
using Treaty.Grid.Gateway;

namespace Treaty.Grid.Cluster.Tests.Gateway;

/// <summary>What becomes of calls when a silo is gone.</summary>
public sealed class SiloLossTests : IAsyncLifetime
{
    private static readonly Uri One = new("gwy.tcp://127.0.0.1:5430/1");
    private static readonly Uri Two = new("gwy.tcp://127.0.0.1:5431/1");

    // It tells what never comes from a busy machine, and says nothing about speed.
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(60);

    private readonly Silos _silos = new() { Now = [One, Two] };
    private SiloLoss _loss = null!;

    public async ValueTask InitializeAsync()
    {
        _loss = new SiloLoss(_silos, TimeProvider.System, NullLogger<SiloLoss>.Instance);
        await _loss.StartAsync(TestContext.Current.CancellationToken);
        await _silos.AskedAsync(2);
    }

    public async ValueTask DisposeAsync()
    {
        await _loss.StopAsync(TestContext.Current.CancellationToken);
        _loss.Dispose();
    }

    [Fact]
    public async Task A_call_that_waits_for_a_silo_that_is_gone_is_given_up()
    {
        var (call, answer) = Call();
        var waiting = _loss.Invoke(call);
        _silos.Now = [One];
        await Assert.ThrowsAsync<SiloUnavailableException>(() => waiting.WaitAsync(
            WaitMax, TestContext.Current.CancellationToken));
        answer.SetResult();

        // A new call has nothing to do with the loss before it.
        var (next, nextAnswer) = Call();
        var asked = _loss.Invoke(next);
        await _silos.AskedAsync(3);
        Assert.False(asked.IsCompleted);
        nextAnswer.SetResult();
        await asked;
    }

    [Fact]
    public async Task A_call_waits_on_while_silos_come_or_cannot_be_looked_up()
    {
        var (call, answer) = Call();
        var waiting = _loss.Invoke(call);
        _silos.Now = [One, Two, new Uri("gwy.tcp://127.0.0.1:5432/1")];
        await _silos.AskedAsync(2);
        _silos.Now = null;
        await _silos.AskedAsync(3);
        Assert.False(waiting.IsCompleted);
        answer.SetException(new InvalidOperationException("its own"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => waiting);
    }

    [Theory]
    [InlineData("File", 2, 3)]
    [InlineData("GetTransfer", 9, 4)]
    [InlineData("Reassess", 2, 1)]
    public async Task A_call_that_is_turned_away_is_made_again_if_it_may_be(string method, int rejections, int calls)
    {
        var (call, answer) = Call();
        answer.SetResult();
        var underWay = (CallUnderWay)(object)call;
        (underWay.Method, underWay.Rejections) = (method, rejections);
        await _loss.Invoke(call);
        Assert.Equal(calls, underWay.Calls);
        Assert.Equal(rejections >= calls, call.Response!.Exception is not null);
    }

    private static (IOutgoingGrainCallContext Call, TaskCompletionSource Answer) Call()
    {
        var call = DispatchProxy.Create<IOutgoingGrainCallContext, CallUnderWay>();
        return (call, ((CallUnderWay)(object)call).Answer);
    }

    /// <summary>A call of which nothing is known but that it is under way.</summary>
    public class CallUnderWay : DispatchProxy
    {
        public TaskCompletionSource Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Method { get; set; } = "File";

        /// <summary>How often it is turned away before it is taken.</summary>
        public int Rejections { get; set; }

        public int Calls { get; private set; }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            switch (targetMethod!.Name)
            {
                case "Invoke":
                    Calls++;
                    return Answer.Task;
                case "get_MethodName":
                    return Method;
                case "get_Response":
                    return Calls > Rejections
                        ? Response.Completed
                        : Response.FromException(new SiloUnavailableException("gone"));
                default:
                    throw new NotSupportedException(targetMethod.Name);
            }
        }
    }

    private sealed class Silos : IGatewayListProvider
    {
        private int _asked;

        public IList<Uri>? Now { get; set; }

        public TimeSpan MaxStaleness => TimeSpan.FromSeconds(1);

        public bool IsUpdatable => true;

        public Task InitializeGatewayListProvider() => Task.CompletedTask;

        public Task<IList<Uri>> GetGateways()
        {
            Interlocked.Increment(ref _asked);
            return Now is { } now ? Task.FromResult(now) : throw new TimeoutException("The table is away.");
        }

        /// <summary>Returns when it has been asked so many times more.</summary>
        public async Task AskedAsync(int times)
        {
            var enough = Volatile.Read(ref _asked) + times;
            while (Volatile.Read(ref _asked) < enough)
                await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }
}
