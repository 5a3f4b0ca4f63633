namespace Treaty.Grid.Domain.Tests.Scenarios;

/// <summary>Every scenario, at once, with late delivery, and filed backwards.</summary>
public sealed class ScenarioTests
{
    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Scenarios");

    public static TheoryData<string, Arrival> All
    {
        get
        {
            var data = new TheoryData<string, Arrival>();
            foreach (var file in Directory.EnumerateFiles(Folder, "*.txt").Order(StringComparer.Ordinal))
            {
                foreach (var arrival in Enum.GetValues<Arrival>())
                {
                    data.Add(Path.GetFileName(file), arrival);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_scenario_holds(string file, Arrival arrival) =>
        ScenarioRunner.Play(File.ReadAllText(Path.Combine(Folder, file)), arrival);

    [Fact]
    public void A_scenario_opens_with_two_sentences_about_its_goal()
    {
        foreach (var file in Directory.EnumerateFiles(Folder, "*.txt"))
        {
            var head = File.ReadLines(file).TakeWhile(l => l.StartsWith('#')).Select(l => l[1..].Trim());
            var goal = string.Join(' ', head);
            Assert.True(
                goal.EndsWith('.') && goal.Split(". ").Length == 2,
                $"{Path.GetFileName(file)} opens with: {goal}");
        }
    }
}
