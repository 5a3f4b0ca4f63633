using System.Globalization;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Rpc;
using Microsoft.AspNetCore.Grpc.JsonTranscoding;
using Treaty.Grid.Contracts;
using Treaty.Grid.V1;
using HttpRequest = Microsoft.AspNetCore.Http.HttpRequest;
using Status = Google.Rpc.Status;

namespace Treaty.Grid.Gateway.Json;

/// <summary>
/// Reads JSON requests before the transcoder does, which drops fields that it does not know and says of a bad one only
/// that it is bad. A state that misspells a field must hear of it, not lose it.
/// </summary>
internal sealed class JsonGuard(RequestDelegate next)
{
    /// <summary>A statement is six levels deep.</summary>
    private const int DepthMax = 16;

    private static readonly JsonParser Parser = new(new JsonParser.Settings(DepthMax));

    public async Task InvokeAsync(HttpContext context)
    {
        var metadata = context.GetEndpoint()?.Metadata.GetMetadata<GrpcJsonTranscodingMetadata>();
        if (metadata is not null && await FindFault(context, metadata) is { } fault)
            await StatusJson.WriteAsync(context.Response, fault);
        else
            await next(context);
    }

    private static async Task<Status?> FindFault(HttpContext context, GrpcJsonTranscodingMetadata metadata)
    {
        var input = metadata.MethodDescriptor.InputType;
        foreach (var (key, values) in context.Request.Query)
        {
            if (FindField(input, key) is not { } field)
                return Refuse(key, $"{input.Name} has no such field. Correct its name.");
            if (values.Any(value => !IsOf(field.FieldType, value)))
                return Refuse(key, $"Expected a value of type {field.FieldType}, not '{values}'. Correct it.");
        }

        return metadata.HttpRule.Body.Length == 0 ? null : await FindFaultInBody(context.Request, input);
    }

    private static async Task<Status?> FindFaultInBody(HttpRequest request, MessageDescriptor input)
    {
        if (!request.HasJsonContentType())
            return Refuse("", "Expected JSON. Send the header Content-Type: application/json.");
        request.EnableBuffering(bufferThreshold: Doors.BodyBytesMax);
        try
        {
            using var reader = new StreamReader(
                request.Body, new UTF8Encoding(false, throwOnInvalidBytes: true), leaveOpen: true);
            var message = Parser.Parse(await reader.ReadToEndAsync(), input);

            // The transcoder reads fewer forms of a number: it gets the one that every reader knows.
            request.Body = new MemoryStream(Encoding.UTF8.GetBytes(JsonFormatter.Default.Format(message)));
            request.ContentLength = request.Body.Length;
            return null;
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return RefusedException.Refuse(
                Code.ResourceExhausted, ErrorReason.StatementInvalid,
                $"The request is larger than {Limits.MessageBytesMax} bytes. Split it.");
        }
        catch (Exception e) when (e is InvalidJsonException or InvalidProtocolBufferException
            or InvalidOperationException or DecoderFallbackException)
        {
            return Refuse("", $"Expected the JSON form of {input.Name}: {e.Message}");
        }
    }

    /// <summary>A field by its name in the contract or in JSON; inside a message, as <c>as_of.year</c>.</summary>
    private static FieldDescriptor? FindField(MessageDescriptor message, string path)
    {
        MessageDescriptor? inside = message;
        FieldDescriptor? field = null;
        foreach (var part in path.Split('.'))
        {
            field = inside?.Fields.InDeclarationOrder().FirstOrDefault(f => f.Name == part || f.JsonName == part);
            if (field is null)
                return null;
            inside = field.FieldType == FieldType.Message ? field.MessageType : null;
        }

        return field;
    }

    private static bool IsOf(FieldType type, string? value) => type switch
    {
        FieldType.Int32 => int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
        FieldType.Int64 => long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
        FieldType.Bool => value is "true" or "false",
        _ => true,
    };

    private static Status Refuse(string field, string description) => RefusedException.Refuse(
        Code.InvalidArgument, ErrorReason.StatementInvalid,
        field.Length == 0 ? description : $"{field}: {description}",
        detail: new BadRequest
        {
            FieldViolations = { new BadRequest.Types.FieldViolation { Field = field, Description = description } },
        });
}
