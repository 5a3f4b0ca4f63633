using System.Reflection;
using Treaty.Grid.Contracts;

namespace Treaty.Grid.Cluster.Tests.Gateway;

/// <summary>
/// Grains that say what a test tells them to. They are made while the test runs: a class that is a party grain would
/// be taken for one by every silo of this assembly.
/// </summary>
public sealed class FakeGrains
{
    private readonly Dictionary<(string Key, string Method), Func<object?, object>> _answers = [];

    public FakeGrains()
    {
        Factory = DispatchProxy.Create<IGrainFactory, Proxy>();
        ((Proxy)Factory).Answer = (method, key) => key is GrainId id
            ? Grain(typeof(IPartyGrain), id.Key.ToString())
            : Grain(method.GetGenericArguments()[0], key);
    }

    public IGrainFactory Factory { get; }

    /// <summary>What a grain answers; its key is a party's code, or 0 for those of the register.</summary>
    public void OnLater<TRequest, TAnswer>(string key, string method, Func<TRequest, Task<TAnswer>> answer) =>
        _answers[(key, method)] = request => new ValueTask<TAnswer>(answer((TRequest)request!));

    public void On<TRequest, TAnswer>(string key, string method, Func<TRequest, TAnswer> answer) =>
        _answers[(key, method)] = request => new ValueTask<TAnswer>(answer((TRequest)request!));

    /// <summary>What happens when a grain is called without a request; it answers nothing.</summary>
    public void On(string key, string method, Action heard) => _answers[(key, method)] = _ =>
    {
        heard();
        return ValueTask.CompletedTask;
    };

    private object Grain(Type type, object? key)
    {
        var grain = DispatchProxy.Create(type, typeof(Proxy));
        ((Proxy)grain).Answer = (method, request) =>
            _answers.TryGetValue((key!.ToString()!, method.Name), out var answer)
                ? answer(request)
                : throw new NotSupportedException($"Nobody said what {key} answers to {method.Name}.");
        return grain;
    }

    /// <summary>Hands every call over.</summary>
    public class Proxy : DispatchProxy
    {
        internal Func<MethodInfo, object?, object>? Answer { get; set; }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
            Answer!(targetMethod!, args is [var first, ..] ? first : null);
    }
}
