using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;
using Orleans.Serialization;
using Orleans.Serialization.Buffers;
using Orleans.Serialization.Cloning;
using Orleans.Serialization.Codecs;
using Orleans.Serialization.Serializers;
using Orleans.Serialization.WireProtocol;

namespace Treaty.Grid.Contracts;

/// <summary>
/// Carries protobuf messages in grain calls: between silos in protobuf's own encoding, within a silo as they are. A
/// message that was handed over is never changed by either side, so there is nothing to copy.
/// </summary>
public sealed class MessageCodec : IGeneralizedCodec, IGeneralizedCopier, ITypeFilter
{
    private readonly ConcurrentDictionary<Type, MessageParser> _parsers = new();

    bool IGeneralizedCodec.IsSupportedType(Type type) => IsMessage(type) || type == typeof(MessageCodec);

    bool IGeneralizedCopier.IsSupportedType(Type type) => IsMessage(type);

    bool? ITypeFilter.IsTypeAllowed(Type type) => IsMessage(type) || type == typeof(MessageCodec) ? true : null;

    [return: NotNullIfNotNull(nameof(input))]
    object? IDeepCopier.DeepCopy(object? input, CopyContext context) => input;

    void IFieldCodec.WriteField<TBufferWriter>(
        ref Writer<TBufferWriter> writer, uint fieldIdDelta, Type? expectedType, object? value)
    {
        if (ReferenceCodec.TryWriteReferenceField(ref writer, fieldIdDelta, expectedType, value))
        {
            return;
        }

        // The type in the header is that by which the reader finds this codec; the message's own comes inside. A header
        // leaves a type out that the reader expects, and then nobody would tell the codec.
        var message = (IMessage)value!;
        writer.WriteFieldHeader(fieldIdDelta, expectedType!, typeof(MessageCodec), WireType.TagDelimited);
        ReferenceCodec.MarkValueField(writer.Session);
        writer.WriteFieldHeaderExpected(0, WireType.LengthPrefixed);
        writer.Session.TypeCodec.WriteLengthPrefixed(ref writer, message.GetType());
        ReferenceCodec.MarkValueField(writer.Session);
        writer.WriteFieldHeaderExpected(1, WireType.LengthPrefixed);
        WriteBytes(ref writer, message);
        writer.WriteEndObject();
    }

    object IFieldCodec.ReadValue<TInput>(ref Reader<TInput> reader, Field field)
    {
        if (field.IsReference)
        {
            return ReferenceCodec.ReadReference(ref reader, field.FieldType!)!;
        }

        field.EnsureWireTypeTagDelimited();
        var placeholder = ReferenceCodec.CreateRecordPlaceholder(reader.Session);
        Type? type = null;
        IMessage? message = null;
        uint id = 0;
        while (reader.ReadFieldHeader() is { IsEndBaseOrEndObject: false } header)
        {
            id += header.FieldIdDelta;
            switch (id)
            {
                case 0:
                    ReferenceCodec.MarkValueField(reader.Session);
                    type = reader.Session.TypeCodec.ReadLengthPrefixed(ref reader);
                    break;
                case 1:
                    ReferenceCodec.MarkValueField(reader.Session);
                    message = Parse(type!, reader.ReadBytes(reader.ReadVarUInt32()));
                    break;
                default:
                    reader.ConsumeUnknownField(header);
                    break;
            }
        }

        ReferenceCodec.RecordObject(reader.Session, message, placeholder);
        return message ?? throw new FieldTypeMissingException(typeof(MessageCodec));
    }

    private static void WriteBytes<TBufferWriter>(ref Writer<TBufferWriter> writer, IMessage message)
        where TBufferWriter : IBufferWriter<byte>
    {
        var size = message.CalculateSize();
        writer.WriteVarUInt32((uint)size);
        var buffer = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            var bytes = buffer.AsSpan(0, size);
            message.WriteTo(bytes);
            writer.Write(bytes);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private IMessage Parse(Type type, byte[] bytes) => IsMessage(type)
        ? _parsers.GetOrAdd(type, static t => ((IMessage)Activator.CreateInstance(t)!).Descriptor.Parser)
            .ParseFrom(bytes)
        : throw new SerializerException($"{type} is no message.");

    private static bool IsMessage(Type type) => typeof(IMessage).IsAssignableFrom(type) && !type.IsAbstract;
}
