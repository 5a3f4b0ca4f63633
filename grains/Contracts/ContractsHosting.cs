using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Orleans.Serialization.Cloning;
using Orleans.Serialization.Serializers;

namespace Treaty.Grid.Contracts;

/// <summary>What silos and clients need to understand each other.</summary>
public static class ContractsHosting
{
    /// <summary>Lets grain calls carry protobuf messages.</summary>
    public static IServiceCollection AddMessageCodec(this IServiceCollection services) => services
        .AddSingleton<MessageCodec>()
        .AddSingleton<IGeneralizedCodec>(s => s.GetRequiredService<MessageCodec>())
        .AddSingleton<IGeneralizedCopier>(s => s.GetRequiredService<MessageCodec>())
        .AddSingleton<ITypeFilter>(s => s.GetRequiredService<MessageCodec>());
}
