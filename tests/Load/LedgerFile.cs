namespace Treaty.Grid.Load;

/// <summary>What one process leaves of its stories for the one that reads them back.</summary>
internal static class LedgerFile
{
    public static void Write(string file, Ledger ledger)
    {
        using var writer = new BinaryWriter(File.Create(file));
        writer.Write(ledger.Count);
        for (var number = 0; number < ledger.Count; number++)
        {
            var story = ledger[number];
            writer.Write((byte)story.Kind);
            writer.Write(story.Sender);
            writer.Write(story.Recipient);
            for (var part = 0; part < Story.PartsMax; part++)
                writer.Write(ledger.PositionOf(number, part));
        }
    }

    public static Ledger Read(string file, StoryBook book)
    {
        using var reader = new BinaryReader(File.OpenRead(file));
        var ledger = new Ledger(book);
        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            var number = ledger.Add(new Story((StoryKind)reader.ReadByte(), reader.ReadInt32(), reader.ReadInt32()));
            for (var part = 0; part < Story.PartsMax; part++)
                ledger.Note(new Step(number, part), reader.ReadInt64());
        }

        return ledger;
    }
}
