#include <malloc.h>

#include "tui/cli/commands.h"
#include "tui/cli/print.h"
#include "tui/session/console.h"

namespace {

// Memory that is freed leaves the process. Left alone, glibc raises the size from which a buffer gets a mapping of its own with each that
// is freed, and gives each thread an arena: what the phases of a deployment need one after the other adds up to 105 MiB.
constexpr int kOwnMappingBytes = 256 << 10;
constexpr int kArenas = 2;

}  // namespace

int main(int count, char** words) {
  using namespace relance;
  (void)mallopt(M_MMAP_THRESHOLD, kOwnMappingBytes);  // Where it is refused, more memory is used.
  (void)mallopt(M_ARENA_MAX, kArenas);
  console::prepare();
  const Result<Options> options = parse_command_line(count, words);
  if (options.ok()) console::leave(run_command(options.value()));
  const Options none;
  console::leave(Printer(none, language_of(none, Language::French)).refuse(options.error(), ExitCode::Usage));
}
