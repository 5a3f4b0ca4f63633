using System.Text;

namespace Treaty.Grid.Load;

/// <summary>The requests of a plan in a file, so that the same bytes can be sent again at the same times.</summary>
internal static class Recording
{
    private const string Magic = "treaty-grid-load/1";

    /// <summary>A plan that is written down as it goes.</summary>
    public sealed class Writing(IPlan plan, string file, IReadOnlyList<string> parties) : IPlan
    {
        public double Seconds => plan.Seconds;

        public double RateAt(double seconds) => plan.RateAt(seconds);

        public IEnumerable<Request> Requests()
        {
            using var writer = new BinaryWriter(File.Create(file), Encoding.UTF8);
            writer.Write(Magic);
            writer.Write(plan.Seconds);
            writer.Write(parties.Count);
            foreach (var party in parties)
                writer.Write(party);
            foreach (var request in plan.Requests())
            {
                writer.Write(request.Due);
                writer.Write(request.IsBatch);
                writer.Write(request.Caller);
                writer.Write(request.Notices);
                writer.Write(request.Body.Length);
                writer.Write(request.Body);
                yield return request;
            }
        }
    }

    /// <summary>A plan from such a file.</summary>
    public sealed class Reading : IPlan
    {
        private readonly string _file;

        /// <exception cref="InvalidOperationException">The file holds something else.</exception>
        public Reading(string file)
        {
            _file = file;
            using var reader = Open(out var seconds, out var parties);
            (Seconds, Parties) = (seconds, parties);
            var (notices, requests) = (0L, 0L);
            while (Next(reader) is { } request)
                (notices, requests) = (notices + request.Notices, requests + 1);
            (Notices, Count) = (notices, requests);
        }

        public double Seconds { get; }

        public IReadOnlyList<string> Parties { get; }

        public long Notices { get; }

        public long Count { get; }

        /// <summary>Notices in a request.</summary>
        public int Batch => Count == 0 ? 1 : (int)Math.Round(Notices / (double)Count);

        public double RateAt(double seconds) => Notices / Seconds;

        public IEnumerable<Request> Requests()
        {
            using var reader = Open(out _, out _);
            while (Next(reader) is { } request)
                yield return request;
        }

        private static Request? Next(BinaryReader reader)
        {
            if (reader.BaseStream.Position >= reader.BaseStream.Length)
                return null;
            var (due, isBatch, caller) = (reader.ReadDouble(), reader.ReadBoolean(), reader.ReadString());
            var notices = reader.ReadInt32();
            return new Request(due, isBatch, caller, reader.ReadBytes(reader.ReadInt32()), notices, []);
        }

        private BinaryReader Open(out double seconds, out List<string> parties)
        {
            var reader = new BinaryReader(File.OpenRead(_file), Encoding.UTF8);
            if (reader.BaseStream.Length < Magic.Length || reader.ReadString() != Magic)
                throw new InvalidOperationException($"{_file} holds no recording of this program.");
            seconds = reader.ReadDouble();
            parties = [];
            for (var left = reader.ReadInt32(); left > 0; left--)
                parties.Add(reader.ReadString());
            return reader;
        }
    }
}
