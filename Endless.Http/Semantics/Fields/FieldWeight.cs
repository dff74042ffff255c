namespace Endless.Http.Semantics;

/// <summary>The weight of an element in a list of preferences (RFC 9110 section 12.4.2): <c>;q=0.8</c>.</summary>
internal static class FieldWeight
{
    /// <summary>Reads the weight, in thousandths; 1000 where there is none.</summary>
    /// <param name="parameters">The parameters of an element, between semicolons.</param>
    /// <param name="weight">0 to 1000.</param>
    /// <returns>False if it is malformed: the element is to count for nothing.</returns>
    public static bool TryRead(FieldListElements<char> parameters, out int weight)
    {
        weight = 1000;
        foreach (var parameter in parameters)
        {
            if (!parameter.StartsWith("q=", StringComparison.OrdinalIgnoreCase)) continue;
            // ( "0" [ "." 0*3DIGIT ] ) / ( "1" [ "." 0*3("0") ] )
            var value = parameter[2..];
            if (value is not (['0' or '1'] or ['0' or '1', '.', ..]) || value.Length > 5) return false;
            weight = (value[0] - '0') * 1000;
            for (int i = 2, place = 100; i < value.Length; i++, place /= 10)
            {
                if (!char.IsAsciiDigit(value[i])) return false;
                weight += (value[i] - '0') * place;
            }
            return weight <= 1000;
        }
        return true;
    }
}
