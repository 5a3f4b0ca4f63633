using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Rpc;
using HttpResponse = Microsoft.AspNetCore.Http.HttpResponse;
using Status = Google.Rpc.Status;

namespace Treaty.Grid.Gateway.Json;

/// <summary>Errors that arise before a request reaches the contract, in the same form as those behind it.</summary>
internal static class StatusJson
{
    private static readonly JsonFormatter Formatter = new(new JsonFormatter.Settings(
        formatDefaultValues: false,
        TypeRegistry.FromMessages(ErrorInfo.Descriptor, BadRequest.Descriptor, RetryInfo.Descriptor)));

    public static Task WriteAsync(HttpResponse response, Status status)
    {
        response.StatusCode = (Code)status.Code switch
        {
            Code.InvalidArgument => StatusCodes.Status400BadRequest,
            Code.PermissionDenied => StatusCodes.Status403Forbidden,
            Code.NotFound => StatusCodes.Status404NotFound,
            Code.ResourceExhausted when status.Details.Any(d => d.Is(RetryInfo.Descriptor)) =>
                StatusCodes.Status429TooManyRequests,
            Code.ResourceExhausted => StatusCodes.Status413PayloadTooLarge,
            _ => StatusCodes.Status500InternalServerError,
        };
        response.ContentType = "application/json; charset=utf-8";
        return response.WriteAsync(Formatter.Format(status));
    }
}
