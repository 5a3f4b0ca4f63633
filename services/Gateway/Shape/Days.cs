using Date = Google.Type.Date;

namespace Treaty.Grid.Gateway.Shape;

/// <summary>Reads dates of the contract.</summary>
internal static class Days
{
    /// <summary>The day of the calendar; null when it is none. Day 0, where it may be, is the month's last.</summary>
    public static DateOnly? Read(Date date, bool monthEnd = false)
    {
        if (date.Year is < 1 or > 9999 || date.Month is < 1 or > 12)
            return null;
        var last = DateTime.DaysInMonth(date.Year, date.Month);
        if (date.Day == 0 && monthEnd)
            return new DateOnly(date.Year, date.Month, last);
        return date.Day >= 1 && date.Day <= last ? new DateOnly(date.Year, date.Month, date.Day) : null;
    }
}
