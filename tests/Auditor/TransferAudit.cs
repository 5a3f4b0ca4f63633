namespace Treaty.Grid.Auditor;

public sealed partial class Expectation
{
    /// <summary>One transfer as both sides tell it, and what the rules say of it.</summary>
    private sealed partial class TransferAudit
    {
        private readonly Expectation _all;
        private readonly TransferKey _key;
        private readonly List<Expected> _found = [];
        private readonly List<Notice> _notices;
        private readonly List<Notice> _dispatches;
        private readonly List<Notice> _receipts;
        private readonly bool _senderSpoke;
        private readonly bool _recipientSpoke;

        public TransferAudit(Expectation all, TransferKey key)
        {
            _all = all;
            _key = key;
            _notices = [.. all.Of(key)];
            _dispatches = Of("dispatch");
            _receipts = Of("receipt");
            // A plan is no act, and giving it up is none.
            var acts = _notices.Where(n => n.Kind is not ("plan" or "cancellation")).ToList();
            _senderSpoke = acts.Any(n => n.Party == key.Sender);
            _recipientSpoke = acts.Any(n => n.Party == key.Recipient);
        }

        private bool Files => _notices.All(n => n.RecipientKind != "international_organisation");

        private bool Complete => _receipts.Any(r => r.Final != false);

        public IReadOnlyList<Expected> Findings(DateOnly day)
        {
            Prohibition();
            Route();
            TrainingStock();
            Held(day);
            Reports();
            Silence(day);
            Differences();
            return _found;
        }

        private List<Notice> Of(string kind) => [.. _notices.Where(n => n.Kind == kind).OrderBy(n => n.Date)];

        private void Find(string rule, string party, string severity) =>
            _found.Add(new Expected(rule, party, _key.ToString(), severity));

        private static bool Forbidden(Notice n) => n.Purpose == "operational_use" && n.Lines.Any(Taxonomy.IsMine);

        // APM-01, 02, 03 and 09: each side by its own word, on its own date; else by the other's, as an allegation.
        private void Prohibition()
        {
            Notice? sent = _dispatches.FirstOrDefault(Forbidden);
            Notice? arrived = _receipts.FirstOrDefault(Forbidden);
            Notice? sender = _dispatches.Count > 0 ? sent : arrived;
            Notice? recipient = _receipts.Count > 0 ? arrived : sent;
            string senderIs = sender is null ? "" : _all.Standing(_key.Sender, sender.Date);
            string recipientIs = recipient is null ? "" : _all.Standing(_key.Recipient, recipient.Date);
            bool senderBound = senderIs == "bound";
            bool recipientBound = recipientIs == "bound";
            if (senderBound) Find("APM-01", _key.Sender, sent is { TitlePassed: true } ? "breach" : "review");
            if (recipientBound) Find("APM-02", _key.Recipient, arrived is not null ? "breach" : "review");
            if (senderBound && recipientIs == "outside") Find("APM-03", _key.Recipient, "information");
            if (recipientBound && senderIs == "outside") Find("APM-03", _key.Sender, "information");
            Waiting(_key.Sender, senderIs);
            Waiting(_key.Recipient, recipientIs);
            // APM-12, beside what is found although a suspension is asserted.
            if (senderBound) Suspended(_key.Sender, sender!.Date);
            if (recipientBound) Suspended(_key.Recipient, recipient!.Date);
        }

        private void Suspended(string party, DateOnly day)
        {
            if (_all._countries[party].SuspensionAsserted <= day) Find("APM-12", party, "information");
        }

        private void Waiting(string party, string standing)
        {
            if (standing is not ("signatory" or "consented")) return;
            bool provisional = standing == "consented" && _all._countries[party].Provisional;
            Find("APM-09", party, provisional ? "breach" : "warning");
        }

        // APM-04.
        private void Route()
        {
            foreach (Notice n in _dispatches.Concat(_receipts).Where(Forbidden))
            {
                foreach (string third in n.Transit.Where(t => _all.Standing(t, n.Date) == "bound"))
                    Find("APM-04", third, "review");
            }
        }

        // APM-05: what is retained after the receipt, against the last total declared before it.
        private void TrainingStock()
        {
            foreach (Notice receipt in _receipts.Where(r => r.Purpose == "training" && r.Lines.Any(Taxonomy.IsMine)))
            {
                if (_all.Standing(_key.Recipient, receipt.Date) != "bound") continue;
                if (_all.DeclaredRetained(_key.Recipient) is not { } declared) continue;
                bool adds = receipt.Lines.Any(l => l.Quantity > 0);
                if (adds && _all.Retained(_key.Recipient, receipt.Date) > declared)
                {
                    Find("APM-05", _key.Recipient, "review");
                    return;
                }
            }
        }

        // APM-06, 07 and 08: mines that came to be destroyed.
        private void Held(DateOnly day)
        {
            var received = _receipts.Where(r => r.Purpose == "destruction" && r.Lines.Any(Taxonomy.IsMine)).ToList();
            if (received.Count == 0 || _all.Standing(_key.Recipient, received[0].Date) != "bound") return;
            var onward = _all.Notices
                .Where(n => n.OnwardFrom == _key && n.Kind == "dispatch" && n.Party == _key.Recipient)
                .ToList();
            bool ended = _notices.Any(n => n.Kind == "destruction" && n.Final == true);
            long left = Outstanding(received, onward);
            if (ended && left != 0) Find("APM-07", _key.Recipient, "warning");
            DateOnly due = received.Max(r => Later(r.Date, _all.RecordDay(r))).AddMonths(_all._terms.CertificateMonths);
            if (!ended && left > 0 && day > due) Find("APM-06", _key.Recipient, "warning");
            foreach (Notice diverted in onward.Where(n => n.Purpose != "destruction"))
                _found.Add(new Expected("APM-08", _key.Recipient, diverted.Transfer.ToString(), "breach"));
        }

        private long Outstanding(List<Notice> received, List<Notice> onward) =>
            received.Sum(Total)
            - _notices.Where(n => n.Kind == "destruction").Sum(Total)
            - _notices.Where(n => n.Kind == "loss" && n.Party == _key.Recipient).Sum(Total)
            - onward.Where(n => n.Purpose == "destruction").Sum(Total);

        private static long Total(Notice n) => n.Lines.Sum(l => l.Quantity);

        // APM-41, 60 and 61.
        private void Reports()
        {
            foreach (Notice n in _all.Notices.Where(n => n.Transfer == _key))
            {
                if (Off(n.Lines, n.StatedTotal)) Find("APM-41", n.Party, "data");
                foreach (Line line in n.Lines)
                {
                    if (Classified(line) is { } rule) Find(rule.Rule, n.Party, rule.Severity);
                }
            }
        }

        // APM-50: on the side that says nothing, if it has the duty to.
        private void Silence(DateOnly day)
        {
            if (!Files || _senderSpoke == _recipientSpoke) return;
            string silent = _senderSpoke ? _key.Recipient : _key.Sender;
            Notice said = _senderSpoke ? _dispatches[0] : _receipts[0];
            if (_all.Standing(silent, said.Date) != "bound") return;
            DateOnly due = _all.CounterNoticeDue(Later(said.Date, _all.RecordDay(said)));
            Find("APM-50", silent, day > due ? "warning" : "data");
        }
    }
}
