namespace Endless.Http.Loops;

/// <summary>An <see cref="EventLoop"/> as the work that is posted to it sees it.</summary>
internal interface IPostTarget
{
    /// <summary>Has <paramref name="work"/> run on the loop, after what is ready now. Any thread.</summary>
    void Post(IThreadPoolWorkItem work);
}
