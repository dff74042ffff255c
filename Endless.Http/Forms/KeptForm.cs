using System.IO.Pipelines;

namespace Endless.Http.Forms;

/// <summary>The form that was read of a body, or is being read: kept with the request, so that each who asks has the same.</summary>
/// <param name="Body">Whose form it is: a copy of the request may have another body.</param>
/// <param name="Reading">The one read.</param>
internal sealed record KeptForm(PipeReader Body, Task<Form> Reading);
