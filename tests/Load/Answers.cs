using Treaty.Grid.Load.Http2;
using Treaty.Grid.V1;

namespace Treaty.Grid.Load;

/// <summary>What answers say of each notice.</summary>
internal static class Answers
{
    private const string Conflict = "AlreadyExists/NOTICE_ID_CONFLICT";
    private const int LengthDelimited = 2;

    /// <summary>Enters what became of each notice of a request, and tells how each is counted.</summary>
    public static void Read(Call call, Request request, Ledger? ledger, Action<string, int> count)
    {
        if (!call.Succeeded)
        {
            var outcome = call.Outcome;
            if (outcome == Conflict && IsMeant(request.Steps, ledger))
                outcome = "OK";
            if (call.Outcome == Conflict && request.Steps.Length == 1)
                ledger?.Note(request.Steps[0], Ledger.Refused);
            count(outcome, request.Notices);
        }
        else if (request.IsBatch)
        {
            ReadBatch(call, request, ledger, count);
        }
        else
        {
            var position = PositionOf(call.Answer);
            if (ledger is not null && request.Steps.Length == 1)
                ledger.Note(request.Steps[0], position);
            count("OK", 1);
        }
    }

    /// <summary>The receipt's position, without reading the rest of the answer; 0 if there is none.</summary>
    public static long PositionOf(ReadOnlySpan<byte> response)
    {
        var receipt = Field(response, SubmitNoticeResponse.ReceiptFieldNumber);
        while (receipt.Length > 0)
        {
            var tag = Varint(ref receipt);
            if (tag >> 3 == Receipt.PositionFieldNumber)
                return (long)Varint(ref receipt);
            Skip(ref receipt, (int)(tag & 7));
        }

        return 0;
    }

    private static bool IsMeant(Step[] steps, Ledger? ledger) =>
        ledger is not null && steps is [var step] && ledger[step.Story].Kind == StoryKind.Conflict;

    private static void ReadBatch(Call call, Request request, Ledger? ledger, Action<string, int> count)
    {
        var answer = call.Answer;
        var ok = 0;
        for (var i = 0; answer.Length > 0; i++)
        {
            Varint(ref answer);
            var result = Bytes(ref answer);
            var response = Field(result, SubmitResult.ResponseFieldNumber);
            Step? step = i < request.Steps.Length ? request.Steps[i] : null;
            if (response.Length > 0)
            {
                ok++;
                if (step is { } said)
                    ledger?.Note(said, PositionOf(response));
                continue;
            }

            var error = Google.Rpc.Status.Parser.ParseFrom(Field(result, SubmitResult.ErrorFieldNumber));
            var outcome = Call.OutcomeOf(error.Code, Call.ReasonOf(error));
            if (outcome == Conflict && step is { } refused)
                ledger?.Note(refused, Ledger.Refused);
            if (outcome == Conflict && step is { } one && IsMeant([one], ledger))
                ok++;
            else
                count(outcome, 1);
        }

        count("OK", ok);
    }

    private static ReadOnlySpan<byte> Field(ReadOnlySpan<byte> message, int number)
    {
        while (message.Length > 0)
        {
            var tag = Varint(ref message);
            if (tag >> 3 == (ulong)number && (tag & 7) == LengthDelimited)
            {
                var length = (int)Varint(ref message);
                return message[..length];
            }

            Skip(ref message, (int)(tag & 7));
        }

        return [];
    }

    private static void Skip(ref ReadOnlySpan<byte> message, int kind)
    {
        switch (kind)
        {
            case 0: Varint(ref message); break;
            case 1: message = message[8..]; break;
            case LengthDelimited: Bytes(ref message); break;
            case 5: message = message[4..]; break;
            default: throw new InvalidDataException($"An answer has a field of the kind {kind}.");
        }
    }

    private static ReadOnlySpan<byte> Bytes(ref ReadOnlySpan<byte> message)
    {
        var length = (int)Varint(ref message);
        var bytes = message[..length];
        message = message[length..];
        return bytes;
    }

    private static ulong Varint(ref ReadOnlySpan<byte> message)
    {
        var value = 0UL;
        for (var i = 0; ; i++)
        {
            value |= (ulong)(message[i] & 0x7F) << (7 * i);
            if ((message[i] & 0x80) != 0)
                continue;
            message = message[(i + 1)..];
            return value;
        }
    }
}
