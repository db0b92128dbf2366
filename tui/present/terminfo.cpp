// term.h defines a macro for each capability ("columns", "lines"): nothing of ours but these headers may stand here.
#include "tui/present/terminfo.h"

#include <cstdint>
#include <cstdlib>
#include <mutex>

#include "tui/present/terminals.h"

// Behind ours.
#include <curses.h>
#include <term.h>

namespace relance {
namespace {

bool set_up(const std::string& term) {
  int trouble = 0;
  return setupterm(term.c_str(), 1, &trouble) == OK;
}

bool set_up_compiled(const std::string& term) {
  const std::string_view entry = compiled_terminal(term);
  if (entry.empty()) return false;
  ::setenv("TERMINFO", std::string(entry).c_str(), 1);
  return set_up(term);
}

// tputs() leaves out the padding that only terminals of glass need; it wants a function without an argument.
std::string collected;
int collect(int letter) {
  collected += static_cast<char>(letter);
  return letter;
}

std::string without_padding(const char* text) {
  static std::mutex one_at_a_time;
  const std::lock_guard lock(one_at_a_time);
  collected.clear();
  tputs(text, 1, collect);
  return collected;
}

const char* found(const char* capability) {
  const char* text = tigetstr(capability);
  // -1: no capability of that kind.
  return reinterpret_cast<std::intptr_t>(text) == -1 ? nullptr : text;
}

}  // namespace

Result<Terminfo> Terminfo::open(const std::string& term) {
  if (!set_up_compiled(term) && !set_up(term) && !set_up_compiled("vt220"))
    return Error{Errc::Unsupported, Stop::Usage, "no terminal description for TERM=" + term};
  if (found("cup") == nullptr)
    return Error{Errc::Unsupported, Stop::Usage, "the terminal cannot move its cursor: TERM=" + term};
  return Terminfo();
}

std::string Terminfo::text(const char* capability) const {
  const char* text = found(capability);
  return text == nullptr ? "" : without_padding(text);
}

std::string Terminfo::text(const char* capability, int one, int other) const {
  const char* text = found(capability);
  return text == nullptr ? "" : without_padding(tiparm(text, one, other));
}

int Terminfo::number(const char* capability) const {
  const int value = tigetnum(capability);
  return value < 0 ? -1 : value;
}

}  // namespace relance
