using Dapper;
using Microsoft.AspNetCore.Identity;

namespace Endless.Examples.AspNetCore.Accounts;

/// <summary>Who can log in. Thread-safe.</summary>
internal sealed class AccountStore(Database database)
{
    private readonly PasswordHasher<string> _passwords = new();

    /// <summary>The account of that name, which the first login makes; null if the password is another one.</summary>
    public long? LogIn(string name, string password)
    {
        using var connection = database.Open();
        // Another login of that name may be as quick, in either generation: the first one makes it.
        if (Find() is null) connection.Execute("INSERT INTO accounts (name, password) VALUES (@name, @hash) ON CONFLICT DO NOTHING", new { name, hash = _passwords.HashPassword(name, password) });
        var account = Find()!;
        return _passwords.VerifyHashedPassword(name, account.Password, password) == PasswordVerificationResult.Failed ? null : account.Id;

        Account? Find() => connection.QuerySingleOrDefault<Account>("SELECT id, password FROM accounts WHERE name = @name", new { name });
    }

    private sealed record Account(long Id, string Password);
}
