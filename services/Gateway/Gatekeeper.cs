using System.Diagnostics;
using Google.Protobuf;
using Google.Rpc;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Treaty.Grid.Contracts;
using Treaty.Grid.Gateway.Errors;
using Treaty.Grid.Gateway.Identity;
using Treaty.Grid.Gateway.Overload;
using Treaty.Grid.Gateway.Shape;
using Treaty.Grid.V1;

namespace Treaty.Grid.Gateway;

/// <summary>
/// Stands before every method: who calls, whether it may, whether the request has its form, in this order (AIP-211).
/// Whatever goes wrong behind it leaves as a status of the contract.
/// </summary>
internal sealed partial class Gatekeeper(Shapes shapes, TimeProvider time, ILogger<Gatekeeper> log) : Interceptor
{
    /// <summary>Grain calls end by then as well: longer than callers wait, and what it holds is freed.</summary>
    private static readonly TimeSpan CallTimeMax = TimeSpan.FromSeconds(30);

    private readonly ILogger _log = log;

    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        Task<TResponse>? answer = null;
        try
        {
            Admit(context, (IMessage)request);
            answer = continuation(request, context);
            return await answer.WaitAsync(CallTimeMax, time, context.CancellationToken);
        }
        catch (Exception e) when (e is not RpcException)
        {
            if (answer is { IsCompleted: false })
                Turnstiles.NoteUnended(context.GetHttpContext(), answer);
            throw Refuse(e, context);
        }
    }

    public override async Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, ServerCallContext context,
        ClientStreamingServerMethod<TRequest, TResponse> continuation)
    {
        AdmitStream(context);
        return await continuation(requestStream, context);
    }

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        AdmitStream(context);
        await continuation(request, responseStream, context);
    }

    public override async Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context, DuplexStreamingServerMethod<TRequest, TResponse> continuation)
    {
        AdmitStream(context);
        await continuation(requestStream, responseStream, context);
    }

    private void Admit(ServerCallContext context, IMessage request)
    {
        var admission = Authorise(context, request);
        if (!request.Descriptor.FullName.StartsWith("treaty.", StringComparison.Ordinal))
            return;
        if (shapes.Refuse(request) is { } refusal)
            throw new RefusedException(refusal);
        if (admission.Verdict == Verdict.NoSuchName)
            throw admission.Deny();
        if (request is BatchSubmitNoticesRequest batch)
            Turnstiles.NoteSize(context.GetHttpContext(), batch.Requests.Count);
    }

    private static Admission Authorise(ServerCallContext context, IMessage request)
    {
        var permission = Permissions.Of(context.Method) ?? Permission.Undeclared;
        var caller = permission.IsForAnyone
            ? Caller.Unknown
            : StatedIdentity.Identify(context.GetHttpContext().Request);
        var resource = permission.Resource(request);
        var admission = new Admission(caller, permission, resource, permission.Judge(caller, resource));
        admission.Attach(context);
        return admission.Verdict == Verdict.Denied ? throw admission.Deny() : admission;
    }

    /// <summary>A stream of the contract would have to be authorised by its messages. There is none.</summary>
    private void AdmitStream(ServerCallContext context)
    {
        if (Permissions.Of(context.Method) is not { IsForAnyone: true })
            throw Refuse(Permission.Undeclared.Deny(context.Method), context);
    }

    private RpcException Refuse(Exception exception, ServerCallContext context)
    {
        if (Failures.Explain(exception) is { } explained)
        {
            if (Failures.IsUnserved(explained))
                Turnstiles.NoteUnserved(context.GetHttpContext());
            if ((Code)explained.Code is Code.PermissionDenied or Code.Unauthenticated)
                LogDenied(Admission.Of(context)?.Caller ?? Caller.Unknown, context.Method, explained.Message);
            return Failures.ToRpcException(explained);
        }

        var trace = Activity.Current?.TraceId.ToString() ?? context.GetHttpContext().TraceIdentifier;
        LogUnexpected(exception, context.Method, trace);
        return Failures.ToRpcException(Failures.Unexpected(trace));
    }
}
