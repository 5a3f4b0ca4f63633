using Grpc.Core;
using Treaty.Grid.Contracts;

namespace Treaty.Grid.Gateway.Identity;

/// <summary>That a call was let in, and on what terms.</summary>
/// <param name="Caller">Who calls.</param>
/// <param name="Permission">What it makes use of.</param>
/// <param name="Resource">What it is about.</param>
/// <param name="Verdict">Granted, or granted once the thing is read and names the caller.</param>
internal sealed record Admission(Caller Caller, Permission Permission, string Resource, Verdict Verdict)
{
    private static readonly object Key = new();

    /// <summary>Only a party that the thing itself names may have it.</summary>
    public bool IsOnceRead => Verdict == Verdict.OnceRead;

    public RefusedException Deny() => Permission.Deny(Resource);

    /// <summary>Of the call in hand; null when it did not come as far as that.</summary>
    public static Admission? Of(ServerCallContext context) =>
        context.UserState.TryGetValue(Key, out var admission) ? (Admission)admission : null;

    public void Attach(ServerCallContext context) => context.UserState[Key] = this;
}
