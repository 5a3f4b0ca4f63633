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
        ((Proxy)Factory).Answer = (_, key) => Grain(key);
    }

    public IGrainFactory Factory { get; }

    /// <summary>What a grain answers; its key is a party's code, or 0 for the register.</summary>
    public void OnLater<TRequest, TAnswer>(string key, string method, Func<TRequest, Task<TAnswer>> answer) =>
        _answers[(key, method)] = request => new ValueTask<TAnswer>(answer((TRequest)request!));

    public void On<TRequest, TAnswer>(string key, string method, Func<TRequest, TAnswer> answer) =>
        _answers[(key, method)] = request => new ValueTask<TAnswer>(answer((TRequest)request!));

    private object Grain(object? key)
    {
        object grain = key is string
            ? DispatchProxy.Create<IPartyGrain, Proxy>()
            : DispatchProxy.Create<IRegisterGrain, Proxy>();
        ((Proxy)grain).Answer = (method, request) =>
            _answers.TryGetValue((key!.ToString()!, method), out var answer)
                ? answer(request)
                : throw new NotSupportedException($"Nobody said what {key} answers to {method}.");
        return grain;
    }

    /// <summary>Hands every call over.</summary>
    public class Proxy : DispatchProxy
    {
        internal Func<string, object?, object>? Answer { get; set; }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
            Answer!(targetMethod!.Name, args![0]);
    }
}
