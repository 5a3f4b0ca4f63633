using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using Google.Protobuf;
using Treaty.Grid.Storage;
using J = Treaty.Grid.Journal.V1;

namespace Treaty.Grid.Silo.Operations;

/// <summary>
/// A journal as a file of JSON lines: a header, one line per entry in the order of positions, and a trailer by which a
/// file that was cut off or changed is noticed. Files lie in archives for ever: fields are added and never changed, and
/// a reader takes no notice of those that it does not know.
/// </summary>
internal static class ExportFile
{
    private const string Format = "treaty-grid-journal";
    private const int FormatVersion = 1;
    private const int PageEntries = 256;

    /// <summary>An entry holds a request of 4 MiB and what follows from it; this is its text many times.</summary>
    private const int LineBytesMax = 64 * 1024 * 1024;

    private const int BufferBytes = 1024 * 1024;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>Writes all entries up to the head; how many they are.</summary>
    /// <param name="isDecoded">Each line also says, for people, what its payload holds.</param>
    public static async Task<long> WriteAsync(
        IJournal journal, Stream stream, bool isDecoded, IProgress<(long, long)> progress,
        CancellationToken cancellation)
    {
        var head = await journal.GetHeadAsync(cancellation);
        using var payloads = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var lines = new ArrayBufferWriter<byte>(BufferBytes);
        WriteLine(lines, json =>
        {
            json.WriteString("format", Format);
            json.WriteNumber("formatVersion", FormatVersion);
            json.WriteNumber("head", head);
        });
        var (position, count) = (0L, 0L);
        while (position < head)
        {
            foreach (var entry in await journal.ReadAllAsync(position, PageEntries, cancellation))
            {
                position = entry.Position;
                if (position <= head)
                {
                    WriteLine(lines, json => Write(json, entry, isDecoded));
                    payloads.AppendData(entry.Payload.Span);
                    count++;
                    progress.Report((position, head));
                }
            }

            await FlushAsync();
        }

        WriteLine(lines, json =>
        {
            json.WriteNumber("count", count);
            json.WriteString("sha256", Convert.ToHexStringLower(payloads.GetHashAndReset()));
        });
        await FlushAsync();
        await stream.FlushAsync(cancellation);
        return count;

        async Task FlushAsync()
        {
            await stream.WriteAsync(lines.WrittenMemory, cancellation);
            lines.ResetWrittenCount();
        }
    }

    /// <summary>The entries, with the number of the line and the head that the file promises.</summary>
    /// <exception cref="InvalidDataException">The file is not whole; the message names the line.</exception>
    public static async IAsyncEnumerable<(long Line, long Head, JournalEntry Entry)> ReadAsync(
        Stream stream, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var payloads = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var versions = new Dictionary<string, long>(StringComparer.Ordinal);
        var (number, head, position, isEnded) = (0L, 0L, 0L, false);
        await foreach (var line in ReadLinesAsync(stream, cancellation))
        {
            number++;
            RefuseIf(isEnded, number, "it stands after the trailer.");
            if (number == 1)
            {
                head = line.Format == Format ? line.Head ?? 0 : -1;
                RefuseIf(head < 0, number, $"it is no header of the format {Format}.");
                RefuseIf(line.FormatVersion != FormatVersion, number,
                    $"the file has version {line.FormatVersion} of the format, and this build knows {FormatVersion}.");
            }
            else if (line.Sha256 is { } sha256)
            {
                isEnded = true;
                RefuseIf(line.Count != position, number, $"the file has {position} entries of {line.Count}.");
                RefuseIf(
                    sha256 != Convert.ToHexStringLower(payloads.GetHashAndReset()), number,
                    "the payloads are not those that were exported: the checksum differs.");
            }
            else
            {
                var entry = ToEntry(line, number);
                RefuseIf(entry.Position != position + 1, number, $"position {entry.Position} follows {position}.");
                var version = versions.GetValueOrDefault(entry.Party);
                RefuseIf(entry.Version != version + 1, number,
                    $"version {entry.Version} of {entry.Party} follows {version}.");
                (position, versions[entry.Party]) = (entry.Position, entry.Version);
                payloads.AppendData(entry.Payload.Span);
                yield return (number, head, entry);
            }
        }

        RefuseIf(!isEnded, number, "the file ends here, without its trailer: it was cut off.");
    }

    private static void Write(Utf8JsonWriter json, JournalEntry stored, bool isDecoded)
    {
        json.WriteNumber("position", stored.Position);
        json.WriteString("party", stored.Party);
        json.WriteNumber("version", stored.Version);
        try
        {
            var entry = J.Entry.Parser.ParseFrom(stored.Payload.Span);
            json.WriteString("recordTime", entry.RecordTime?.ToDateTimeOffset() ?? default);
            if (isDecoded)
            {
                json.WritePropertyName("entry");
                json.WriteRawValue(JsonFormatter.Default.Format(entry));
            }
        }
        catch (InvalidProtocolBufferException)
        {
            // The bytes are what counts: a damaged journal is exported as it is.
        }

        json.WriteBase64String("payload", stored.Payload.Span);
    }

    private static void WriteLine(ArrayBufferWriter<byte> lines, Action<Utf8JsonWriter> write)
    {
        using (var json = new Utf8JsonWriter(lines))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        lines.Write("\n"u8);
    }

    private static JournalEntry ToEntry(Line line, long number)
    {
        RefuseIf(line is not { Position: not null, Party: not null, Version: not null, Payload.Length: > 0 }, number,
            "it has no position, party, version or payload.");
        try
        {
            WellFormed.Party(line.Party!);
        }
        catch (ArgumentException e)
        {
            throw Refusal(number, e.Message);
        }

        return new JournalEntry(line.Position!.Value, line.Party!, line.Version!.Value, line.Payload);
    }

    private static async IAsyncEnumerable<Line> ReadLinesAsync(
        Stream stream, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var reader = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: BufferBytes, leaveOpen: true));
        var number = 0L;
        var isEnded = false;
        while (!isEnded)
        {
            var read = await reader.ReadAsync(cancellation);
            var (left, lines) = (read.Buffer, new List<Line>());
            isEnded = read.IsCompleted;
            while (left.PositionOf((byte)'\n') is { } end)
            {
                lines.Add(Parse(left.Slice(0, end), ++number));
                left = left.Slice(left.GetPosition(1, end));
            }

            RefuseIf(isEnded && !left.IsEmpty, number + 1, "the file ends within it: it was cut off.");
            RefuseIf(left.Length > LineBytesMax, number + 1, $"it is longer than {LineBytesMax} bytes.");
            reader.AdvanceTo(left.Start, left.End);
            foreach (var line in lines)
            {
                yield return line;
            }
        }

        await reader.CompleteAsync();
    }

    private static Line Parse(ReadOnlySequence<byte> bytes, long number)
    {
        try
        {
            var reader = new Utf8JsonReader(bytes);
            return JsonSerializer.Deserialize<Line>(ref reader, Json)
                ?? throw Refusal(number, "it is no object.");
        }
        catch (JsonException e)
        {
            throw Refusal(number, $"it cannot be read: {e.Message}");
        }
    }

    private static void RefuseIf(bool isWrong, long line, string what)
    {
        if (isWrong)
        {
            throw Refusal(line, what);
        }
    }

    private static InvalidDataException Refusal(long line, string what) => new($"Line {line}: {what}");

    /// <summary>Any line: header, entry or trailer.</summary>
    private sealed record Line(
        string? Format, int? FormatVersion, long? Head, long? Position, string? Party, long? Version, byte[]? Payload,
        long? Count, string? Sha256);
}
