using System.Diagnostics;

namespace Treaty.Grid.Cluster.Tests.EndToEnd;

/// <summary>Waiting for what the register does by itself.</summary>
internal static class Eventually
{
    // Wide: it tells "never" from "not yet" on a busy machine, and says nothing about speed.
    private static readonly TimeSpan Max = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Asks until the answer is as wished; fails with the last one.</summary>
    public static async Task<T> Async<T>(Func<Task<T>> ask, Predicate<T> wished, string what)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            var answer = await ask();
            if (wished(answer))
                return answer;
            if (Stopwatch.GetElapsedTime(began) > Max)
                Assert.Fail($"{what}: not within {Max.TotalSeconds} s. Last: {answer}");
            await Task.Delay(Pause, TestContext.Current.CancellationToken);
        }
    }
}
