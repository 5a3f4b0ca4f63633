namespace Treaty.Grid.Auditor;

public sealed partial class Expectation
{
    private sealed partial class TransferAudit
    {
        public string Match()
        {
            if (_dispatches.Count == 0 || !(Complete || Refused)) return "not_matched";
            var differences = Compare();
            if (differences.Count > 0) return "mismatched";
            bool corrected = _dispatches.Concat(_receipts).Concat(Of("refusal")).Any(n => n.Supersedes.Length > 0);
            if (Inexact(_dispatches) != Inexact(_receipts)) return corrected ? "corrected" : "within_tolerance";
            bool told = _receipts.Any(r => r.Lines.Any(l => l.Exceptions.Count > 0)) || Lost("") > 0;
            return told ? "explained" : corrected ? "corrected" : "matched";
        }

        // APM-51 to 54, on both sides alike.
        private void Differences()
        {
            if (_dispatches.Count == 0 || !(Complete || Refused)) return;
            foreach (var (rule, severity) in Compare())
            {
                Find(rule, _key.Sender, severity);
                Find(rule, _key.Recipient, severity);
            }
        }

        private static bool Inexact(List<Notice> side) => side.Any(n => n.Lines.Any(l => l.Basis != "exact"));

        private bool Refused => _receipts.Count == 0 && _notices.Any(n => n.Kind == "refusal");

        private Dictionary<string, string> Compare()
        {
            var differences = new Dictionary<string, string>(StringComparer.Ordinal);
            var items = _dispatches.Concat(_receipts).SelectMany(n => n.Lines).Select(l => l.Item).Distinct().ToList();
            var off = items.Where(i => Sent(i) != Arrived(i) && !Undisclosed(i)).ToList();
            if (off.Count > 0 && off.Sum(Sent) == off.Sum(Arrived))
                differences["APM-52"] = off.Contains(Taxonomy.Unspecified) ? "data" : "warning";
            else if (off.Count > 0)
                differences["APM-51"] = "warning";
            if (Refused) return differences;
            if (_dispatches[0].Purpose != _receipts[0].Purpose) differences["APM-52"] = "review";
            if (off.Count == 0 && items.Any(LotsDiffer)) differences["APM-53"] = "data";
            int days = _receipts[0].Date.DayNumber - _dispatches[0].Date.DayNumber;
            if (days < 0 || days > _all._terms.ApartDaysMax) differences["APM-54"] = "data";
            return differences;
        }

        private static IEnumerable<Line> Lines(IEnumerable<Notice> notices, string item) =>
            notices.SelectMany(n => n.Lines).Where(l => l.Item == item);

        private bool Undisclosed(string item) =>
            Lines(_dispatches.Concat(_receipts), item).Any(l => l.Basis == "undisclosed");

        private long Sent(string item) => Lines(_dispatches, item).Sum(l => l.Quantity) - Lost(item);

        // Lost before it arrived, by the sender's word. Any item when none is named.
        private long Lost(string item) => _notices
            .Where(n => n.Kind == "loss" && n.Party == _key.Sender)
            .SelectMany(n => n.Lines).Where(l => item.Length == 0 || l.Item == item).Sum(l => l.Quantity);

        // With what the recipient declares apart: an excess is in its count, the other kinds are not.
        private long Arrived(string item) => Lines(_receipts.Concat(Of("refusal")), item).Sum(l =>
            l.Quantity + l.Exceptions.Sum(e => e.Kind == "excess" ? -e.Quantity : e.Quantity));

        private bool LotsDiffer(string item)
        {
            string sent = Lots(_dispatches, item);
            string arrived = Lots(_receipts, item);
            return sent.Length > 0 && arrived.Length > 0 && sent != arrived;
        }

        private static string Lots(IEnumerable<Notice> notices, string item) => string.Join(',', Lines(notices, item)
            .SelectMany(l => l.Lots).GroupBy(l => l.Number).OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => $"{g.Key}:{g.Sum(l => l.Quantity)}"));
    }
}
