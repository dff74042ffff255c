namespace Endless.Http.Workers;

/// <summary>Whose callback an event loop is in. A stall of the loop meanwhile is put down to the application code that it names.</summary>
internal interface ICallbackOwner
{
    /// <summary>The application code that the callback is in; null if it is in none.</summary>
    BlockingSite? ActiveSite { get; }
}
