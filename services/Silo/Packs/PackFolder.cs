using System.Globalization;
using System.Numerics;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using NJsonSchema;
using NJsonSchema.Validation;
using Treaty.Grid.Conventions;
using Treaty.Grid.Items;
using JsonException = System.Text.Json.JsonException;

namespace Treaty.Grid.Silo.Packs;

/// <summary>One thing that keeps a pack from being used.</summary>
/// <param name="File">The pack's file.</param>
/// <param name="Line">From 1; 0 if it is about the whole file.</param>
/// <param name="Path">Where in it, such as <c>rules[3].when.items[0]</c>; empty for the whole of it.</param>
/// <param name="Problem">What is wrong, and the remedy.</param>
public sealed record PackError(string File, int Line, string Path, string Problem)
{
    public override string ToString() =>
        File + (Line > 0 ? $", line {Line.ToString(CultureInfo.InvariantCulture)}" : "")
        + (Path.Length > 0 ? $", {Path}: " : ": ") + Problem;
}

/// <summary>
/// The conventions of a register: the packs that come with the program, and those in a folder. A file there whose id is
/// that of a shipped pack takes its place.
/// </summary>
public static class PackFolder
{
    /// <summary>A pack of a thousand types and its rules fits many times.</summary>
    private const int FileBytesMax = 4 * 1024 * 1024;

    private const string Control = "It has a line break or another control character. Leave that out.";

    private static readonly JsonLoadSettings Load = new()
    {
        DuplicatePropertyNameHandling = DuplicatePropertyNameHandling.Error,
        LineInfoHandling = LineInfoHandling.Load,
    };

    /// <summary>All packs; those in the folder are checked first, all of them.</summary>
    /// <param name="folder">Where packs may lie; null for nowhere.</param>
    /// <param name="taxonomy">The shared list, which packs add to.</param>
    /// <exception cref="InvalidOperationException">A pack cannot be used: all that is wrong, one in a line.</exception>
    public static IReadOnlyList<Convention> Read(string? folder, Taxonomy taxonomy)
    {
        var errors = new List<PackError>();
        var dropped = (folder is null ? [] : Directory.EnumerateFiles(folder, "*.json"))
            .Order(StringComparer.Ordinal)
            .Where(file => !file.EndsWith(".schema.json", StringComparison.Ordinal))
            .Select(file => ReadFile(file, errors))
            .OfType<Source>()
            .ToList();
        var replaced = dropped.Select(d => d.Pack.Id).ToHashSet(StringComparer.Ordinal);
        var all = PackFile.Shipped
            .Select(s => new Source(s.Name, s.Content, PackFile.Read(s.Content)))
            .Where(s => !replaced.Contains(s.Pack.Id))
            .Concat(dropped)
            .ToList();
        errors.AddRange(PackReview.Of([.. all.Select(s => s.Pack)], taxonomy).Select(v => new PackError(
            all[v.Pack].File, LineOf(all[v.Pack].Content, v.Path), v.Path, v.Problem)));
        return errors.Count == 0 ? [.. all.Select(s => s.Pack)] : throw new InvalidOperationException(
            $"A pack cannot be used.{Environment.NewLine}  "
                + string.Join(Environment.NewLine + "  ", errors.Take(Contracts.Limits.ViolationsMax)));
    }

    private sealed record Source(string File, string Content, Convention Pack);

    private static Source? ReadFile(string file, List<PackError> errors)
    {
        if (ReadContent(file, errors) is not { } content)
        {
            return null;
        }

        var found = Check(file, content);
        errors.AddRange(found);
        try
        {
            return found.Count == 0 ? new Source(file, content, PackFile.Read(content)) : null;
        }
        catch (JsonException e)
        {
            // Of the right form, and not a day that there is, or a number too large.
            errors.Add(new PackError(
                file, (int)(e.LineNumber ?? -1) + 1, e.Path?.TrimStart('$').TrimStart('.') ?? "",
                "Expected a value that there is. Correct it."));
            return null;
        }
    }

    private static string? ReadContent(string file, List<PackError> errors)
    {
        try
        {
            var found = new FileInfo(file);
            var length = ((FileInfo?)found.ResolveLinkTarget(returnFinalTarget: true) ?? found).Length;
            if (length is > 0 and <= FileBytesMax)
            {
                return File.ReadAllText(file);
            }

            // A pipe or a device has no length, and to read it might never end.
            errors.Add(new PackError(
                file, 0, "",
                length == 0
                    ? "It is empty, or no regular file. Put a pack there, or take it away."
                    : $"Expected at most {FileBytesMax} bytes. Shorten it."));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            errors.Add(new PackError(
                file, 0, "", $"It cannot be read: {e.Message} Let the program read it, or take it away."));
        }

        return null;
    }

    /// <summary>What of the content is not as the schema has it.</summary>
    public static IReadOnlyList<PackError> Check(string file, string content)
    {
        JToken token;
        try
        {
            if (Comments(file, content) is { Count: > 0 } comments)
            {
                return comments;
            }

            // Names without quotes and the like are let through below.
            using (System.Text.Json.JsonDocument.Parse(content))
            {
                token = JToken.Parse(content, Load);
            }
        }
        catch (JsonReaderException e)
        {
            return [new PackError(file, e.LineNumber, e.Path ?? "", $"It is no JSON: {e.Message}")];
        }
        catch (JsonException e)
        {
            var says = e.Message.Split(" LineNumber:")[0];
            return [new PackError(file, (int)(e.LineNumber ?? -1) + 1, "", $"It is no JSON: {says} Correct it.")];
        }

        if (Unreadable(file, token) is { Count: > 0 } unreadable)
        {
            return unreadable;
        }

        var schema = JsonSchema.FromJsonAsync(PackFile.Schema).GetAwaiter().GetResult();
        return [.. Flat(schema.Validate(token)).Select(e => new PackError(file, LineOf(token, e), PathOf(e), Say(e)))
            .DistinctBy(e => (e.Path, e.Problem))
            .OrderBy(e => e.Line)];
    }

    private static List<PackError> Comments(string file, string content)
    {
        var found = new List<PackError>();
        using var reader = new JsonTextReader(new StringReader(content));
        while (reader.Read())
        {
            if (reader.TokenType == JsonToken.Comment)
            {
                found.Add(new PackError(file, reader.LineNumber, reader.Path, "JSON has no comments. Leave it out."));
            }
        }

        return found;
    }

    /// <summary>What the validation fails at, or takes for something else.</summary>
    private static List<PackError> Unreadable(string file, JToken token)
    {
        return [.. ((token as JContainer)?.DescendantsAndSelf() ?? [token])
            .Select(t => (Token: t, Problem: Of(t)))
            .Where(t => t.Problem is not null)
            .Select(t => new PackError(file, ((IJsonLineInfo)t.Token).LineNumber, t.Token.Path, t.Problem!))];

        static string? Of(JToken token) => token switch
        {
            JValue { Value: BigInteger } => $"Expected a whole number of at most {long.MaxValue}. Make it smaller.",
            JValue { Value: string text } when text.Any(char.IsControl) => Control,
            JProperty { Name: var name } when name.Any(char.IsControl) => Control,
            _ => null,
        };
    }

    private static IEnumerable<ValidationError> Flat(IEnumerable<ValidationError> errors) => errors.SelectMany(e =>
        e is ChildSchemaValidationError { Errors.Count: > 0 } child
            ? Flat(child.Errors.Values.SelectMany(c => c))
            : [e]);

    private static string PathOf(ValidationError error) => (error.Path ?? "").TrimStart('#').TrimStart('/');

    private static int LineOf(JToken token, ValidationError error) =>
        error.HasLineInfo && error.LineNumber > 0 ? error.LineNumber : LineOf(token, PathOf(error));

    private static int LineOf(string content, string path) => LineOf(JToken.Parse(content, Load), path);

    /// <summary>The line of what is at a path, or of the nearest that is there and holds it.</summary>
    private static int LineOf(JToken token, string path)
    {
        while (path.Length > 0)
        {
            if (token.SelectToken(path) is IJsonLineInfo { LineNumber: > 0 } found)
            {
                return found.LineNumber;
            }

            path = path[..Math.Max(0, path.LastIndexOfAny(['.', '[']))];
        }

        return ((IJsonLineInfo)token).LineNumber;
    }

    private static string Say(ValidationError error)
    {
        var schema = error.Schema;
        return error.Kind switch
        {
            ValidationErrorKind.PropertyRequired => $"It is missing. Add {error.Property}.",
            ValidationErrorKind.NoAdditionalPropertiesAllowed =>
                $"There is no {error.Property} here. Expected {string.Join(", ", schema.Properties.Keys)}.",
            ValidationErrorKind.NotInEnumeration =>
                $"Expected one of {string.Join(", ", schema.Enumeration)}.",
            ValidationErrorKind.NumberTooSmall => Bound("at least", schema.Minimum),
            ValidationErrorKind.NumberTooBig => Bound("at most", schema.Maximum),
            ValidationErrorKind.PatternMismatch => $"Expected the form {schema.Pattern}.",
            ValidationErrorKind.StringTooShort => "Expected some text. Add it.",
            ValidationErrorKind.StringTooLong => Bound("at most", schema.MaxLength) + " characters.",
            ValidationErrorKind.TooFewItems => Bound("at least", schema.MinItems) + " entries.",
            ValidationErrorKind.TooManyItems => Bound("at most", schema.MaxItems) + " entries.",
            ValidationErrorKind.StringExpected => "Expected text in quotes.",
            ValidationErrorKind.IntegerExpected or ValidationErrorKind.NumberExpected => "Expected a whole number.",
            ValidationErrorKind.BooleanExpected => "Expected true or false.",
            ValidationErrorKind.ArrayExpected => "Expected a list, in [ ].",
            ValidationErrorKind.ObjectExpected => "Expected an object, in { }.",
            _ => $"It is not as the schema has it: {error.Kind}.",
        };

        static string Bound(string which, IFormattable? limit) =>
            $"Expected {which} {limit?.ToString(null, CultureInfo.InvariantCulture)}";
    }
}
