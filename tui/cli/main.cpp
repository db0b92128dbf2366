#include "tui/cli/commands.h"
#include "tui/cli/print.h"
#include "tui/session/console.h"

int main(int count, char** words) {
  using namespace relance;
  console::prepare();
  const Result<Options> options = parse_command_line(count, words);
  if (options.ok()) console::leave(run_command(options.value()));
  const Options none;
  console::leave(Printer(none, language_of(none, Language::French)).refuse(options.error(), ExitCode::Usage));
}
