using System.Collections.Immutable;
using System.Globalization;
using Treaty.Grid.Conventions;
using Treaty.Grid.Findings;
using Treaty.Grid.Transfers;
using Regex = System.Text.RegularExpressions.Regex;

namespace Treaty.Grid.Domain.Tests.Scenarios;

/// <summary>In which order things reach whom.</summary>
public enum Arrival
{
    /// <summary>Each notice is delivered and answered before the next is filed.</summary>
    AtOnce,

    /// <summary>Nothing is delivered before somebody looks.</summary>
    Late,

    /// <summary>Notices that follow on each other are filed from the last to the first.</summary>
    Reversed,

    /// <summary>As at once; and before each step every party lets go what is at rest.</summary>
    Forgotten,
}

/// <summary>
/// Plays a scenario: every party decides what is said, is told what others said, and answers. What must always hold is
/// checked after each step.
/// </summary>
public sealed class ScenarioRunner
{
    private readonly Arrival _arrival;
    private World _world;
    private World? _checked;
    private World? _dry;
    private DateTimeOffset _clock = new(1990, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private DateOnly? _asOf;

    private ScenarioRunner(Arrival arrival, Rulebook rulebook) =>
        (_arrival, _world) = (arrival, new World(rulebook) { IsForgetful = arrival == Arrival.Forgotten });

    private DateOnly AsOf => _asOf ?? DateOnly.FromDateTime(_clock.UtcDateTime);

    /// <summary>The world after the scenario.</summary>
    public static World Play(string text, Arrival arrival = Arrival.AtOnce, Rulebook? rulebook = null)
    {
        var runner = new ScenarioRunner(arrival, rulebook ?? TestBook.Rulebook);
        foreach (var block in Blocks(ScenarioParser.Parse(text), arrival))
        {
            runner.Play(block);
        }

        return runner.Look();
    }

    /// <summary>
    /// Lines of the table of findings are one block, and so is a run of notices that is to be reversed.
    /// </summary>
    private static IEnumerable<ImmutableArray<Step>> Blocks(ImmutableArray<Step> steps, Arrival arrival)
    {
        for (var i = 0; i < steps.Length;)
        {
            var first = steps[i];
            var length = 1 + steps.Skip(i + 1).TakeWhile(s => (first, s) switch
            {
                (FindsStep one, FindsStep other) => one.IsDryRun == other.IsDryRun,
                (NoticeStep { IsDryRun: false }, NoticeStep { IsDryRun: false }) => arrival == Arrival.Reversed,
                _ => false,
            }).Count();
            var block = steps.Slice(i, length);
            yield return first is NoticeStep ? [.. block.Reverse()] : block;
            i += length;
        }
    }

    private void Play(ImmutableArray<Step> block)
    {
        if (block[0] is FindsStep { IsDryRun: var dry })
        {
            CheckFindings(block, dry ? _dry! : Look());
            return;
        }

        foreach (var step in block)
        {
            Play(step);
        }
    }

    private void Play(Step step)
    {
        switch (step)
        {
            case StateStep s: Record(s); break;
            case DeclarationStep s:
                Tell(s.Code, s.Declaration.AsOf, time => new FileDeclaration(s.Declaration, time));
                break;
            case ReportsOwedStep s:
                _world = _world with { Rulebook = _world.Rulebook.AssessedFrom(s.From) };
                break;
            case ReportStep s:
                var report = ReportLine.Make(s, Look());
                Tell(s.Code, s.AsOf, time => new FileDeclaration(report, time));
                break;
            case NoticeStep { IsDryRun: true } s: Try(s.Notice); break;
            case NoticeStep s: Tell(s.Notice.Filer, s.Notice.Date, time => new FileNotice(s.Notice, time)); break;
            case TypeStep s:
                Look();
                _world = _world with
                {
                    Rulebook = TestBook.Knowing(
                        _world.Rulebook, TestBook.Item(s.Item, s.Class, Items.ItemActivation.Victim)),
                };
                break;
            case ReassessStep s:
                var anew = Look()[s.Code];
                Tell(s.Code, DateOnly.MinValue, time => new Reassess(
                    [.. anew.Files.Keys], [.. anew.Declarations.Keys], IsWhole: true, time));
                break;
            case ConfirmStep s:
                Look();
                Tell(s.Code, s.Day, time => new ConfirmPairing(s.Transfer, s.Other, s.Id, time));
                break;
            case RecordedOnStep s: _clock = Later(s.Day); break;
            case AsOfStep s: _asOf = s.Day; break;
            case FindsNothingStep s: CheckNothing(s); break;
            default: Expectations.Check(step, Look(), AsOf); break;
        }

        if (!ReferenceEquals(_world, _checked))
        {
            _checked = _world;
            _world.Check();
        }
    }

    /// <summary>The register is filled in by time of record; a scenario does not depend on when that was.</summary>
    private void Record(StateStep step)
    {
        if (!_world.Parties.ContainsKey(step.Code))
        {
            _world = _world.Record(step.Code, new RegisterParty(step.Code, Tick()));
        }

        if (step.Notification is { } notification)
        {
            Tell(step.Code, notification.Date, time => new RecordNotification(notification, time));
        }
    }

    private void Tell(string code, DateOnly day, Func<DateTimeOffset, Command> command)
    {
        _clock = Later(day);
        _world = _world.Record(code, command(Tick()));
        if (_arrival != Arrival.Late)
        {
            Look();
        }
    }

    private void Try(Notice notice)
    {
        Look();
        var before = _world;
        _clock = Later(notice.Date);
        _dry = before.Record(notice.Filer, new FileNotice(notice, _clock)).DeliverAll(_clock);
        _dry.Check();
        Assert.Same(before, _world);
    }

    /// <summary>Whoever looks waits for the post.</summary>
    private World Look()
    {
        _world = _world.Post.IsEmpty ? _world : _world.DeliverAll(Tick());
        return _world.Recalled;
    }

    private DateTimeOffset Tick() => _clock = _clock.AddSeconds(1);

    private DateTimeOffset Later(DateOnly day)
    {
        var noon = new DateTimeOffset(day, new TimeOnly(12, 0), TimeSpan.Zero);
        return noon > _clock ? noon : _clock;
    }

    private void CheckNothing(FindsNothingStep step)
    {
        var found = Look().FindingsOn(AsOf).Where(f => step.About is null || f.Key.About == step.About).ToList();
        Assert.True(
            found.Count == 0,
            $"Line {step.Number}, as of {AsOf:O}: {Table(found.Select(f => "+ " + Text(f, [])))}");
    }

    private void CheckFindings(ImmutableArray<Step> block, World world)
    {
        var left = world.FindingsOn(AsOf).ToList();
        Assert.All(left, CheckInputs);
        var table = new List<string>();
        var differs = false;
        foreach (var step in block.Cast<FindsStep>())
        {
            var same = left.Find(f => Matches(step, f));
            var near = same ?? left.Find(f => f.Key == new FindingKey(step.Rule, step.About, step.Party));
            differs |= same is null;
            table.Add(same is null ? $"- {step.Text}" : $"  {step.Text}");
            if (near is not null)
            {
                left.Remove(near);
                if (same is null)
                {
                    table.Add("+ " + Text(near, step.Facts));
                }
            }
        }

        table.AddRange(left.Select(f => "+ " + Text(f, [])));
        Assert.False(
            differs || left.Count > 0,
            $"From line {block[0].Number}, {_arrival}, as of {AsOf:O} (- expected, + found): {Table(table)}");
    }

    /// <summary>A finding names no fact that its rule does not.</summary>
    private static void CheckInputs(Finding finding)
    {
        // Without the item or lot that a fact is of, or the statement.
        var names = finding.Inputs.Keys.Select(k => Regex.Replace(k, @"\[.*\]|^.*/[^.]*\.(.*\.)?", ""));
        Assert.Subset(
            TestBook.Rulebook.FindRule(finding.Key.Rule)!.Value.Rule.Check.Inputs.ToHashSet(), names.ToHashSet());
    }

    private bool Matches(FindsStep step, Finding finding) =>
        finding.Key == new FindingKey(step.Rule, step.About, step.Party) && finding.Severity == step.Severity
        && step.Facts.All(f => Fact(finding, f.Name) == f.Value);

    private string Text(Finding finding, ImmutableArray<(string Name, string Value)> facts) =>
        $"finds {finding.Key.Party} {finding.Key.Rule} {finding.Severity.ToString().ToUpperInvariant()}"
        + (finding.Key.About.Length == 0 ? "" : $" about {finding.Key.About}")
        + string.Concat((facts.IsEmpty ? finding.Inputs.Keys : facts.Select(f => f.Name))
            .Select(name => $" {name}={Fact(finding, name)}"));

    /// <summary>One fact of a finding, without spaces.</summary>
    private string? Fact(Finding finding, string name) => (name switch
    {
        "article" => finding.Article,
        "convention" => finding.Convention,
        "due" => finding.Due?.ToString("O", CultureInfo.InvariantCulture),
        "days_late" => finding.Due is { } due
            ? Math.Max(0, AsOf.DayNumber - due.DayNumber).ToString(CultureInfo.InvariantCulture)
            : null,
        "revision" => finding.Revision.ToString(CultureInfo.InvariantCulture),
        _ => finding.Inputs.GetValueOrDefault(name),
    })?.Replace(" ", "", StringComparison.Ordinal);

    private static string Table(IEnumerable<string> lines) => "\n" + string.Join('\n', lines);
}

/// <summary>Expectations about anything but findings.</summary>
internal static class Expectations
{
    public static void Check(Step step, World world, DateOnly asOf)
    {
        var (expected, found) = step switch
        {
            MatchStep s => (s.Match.ToString(), Match(world, s.Reference).Match.ToString()),
            DifferenceStep s => (
                $"{s.Field} {s.Sender} {s.Recipient}", Text(Match(world, s.Reference).Differences)),
            MovementStep s => (s.Movement.ToString(), Lifecycle.MovementOf(File(world, s.Reference)).ToString()),
            PairingStep s => (
                s.Pairing.ToString(),
                Lifecycle.PairingOf(File(world, s.Reference), world.Rulebook, asOf).ToString()),
            SuggestsStep s => (s.Others, Suggested(world, s.Reference)),
            StockStep s => (Text(s.Quantity), Text(world[s.Code].Books.On(s.Item, s.Place, s.Day ?? asOf))),
            ArticleFourStep s => (
                Text(s.Quantity),
                Text(StockToDestroy.Balance(world[s.Code].Books, world.Rulebook.Primary!, s.Day ?? asOf))),
            MembershipStep s => (s.Status.ToString(), On(world, s).Status.ToString()),
            FilesAgreeStep => ("agree", Agree(world)),
            _ => throw new InvalidOperationException($"{step.GetType().Name} is not checked: add it."),
        };
        Assert.True(expected == found, $"Line {step.Number}, {step.Text}:\n- {expected}\n+ {found}");
    }

    /// <summary>The file of a transfer, by its reference alone; the sender's, or that of whoever keeps one.</summary>
    private static TransferFile File(World world, string reference) => world.Parties.Values
        .SelectMany(p => p.Files.Values)
        .Where(f => f.Key.Reference == reference)
        .MaxBy(f => f.Notices.Length)
        ?? throw new InvalidOperationException($"Nobody has a file of {reference}.");

    private static (Match Match, ImmutableArray<Difference> Differences) Match(World world, string reference) =>
        Matching.Compare(
            File(world, reference), world.Rulebook.Taxonomy, world.Rulebook.TermsOf(File(world, reference)));

    /// <summary>As both sides see it.</summary>
    private static string Suggested(World world, string reference)
    {
        var key = File(world, reference).Key;
        return string.Join(" | ", new[] { key.Sender, key.Recipient }
            .Select(code => PairingCandidates.Of(
                world[code].Files[key], world[code].Files.Values, world.Rulebook))
            .Select(candidates => candidates.IsEmpty ? "nothing" : string.Join(' ', candidates.Select(c =>
                string.Create(CultureInfo.InvariantCulture, $"{c.Other.Reference} {c.Score}"))))
            .Distinct());
    }

    private static string Agree(World world)
    {
        world.CheckFilesAgree();
        return "agree";
    }

    private static Membership On(World world, MembershipStep step)
    {
        var record = world[step.Code].RecordUnder(world.Rulebook.Conventions[step.Convention]);
        return (step.KnownOn is { } known ? record.AsKnownOn(known) : record).On(step.Day);
    }

    private static string Text(ImmutableArray<Difference> differences) => string.Join(
        '\n',
        differences.Select(d => $"{d.Field} {Joined(d.SenderValue)} {Joined(d.RecipientValue)}"));

    private static string Joined(string value) => value.Replace(", ", ",", StringComparison.Ordinal).Replace(' ', ':');

    private static string Text(long quantity) => quantity.ToString(CultureInfo.InvariantCulture);
}
