#pragma once
// Result<T>: a value or an Error, never ignored. TRY hands an Error to the caller.
//
//   const Identify identify = TRY(read_identify(port));
//
// TRY is a whole statement or a whole initialiser, one a line: inside braces or a call its early return leaks what is
// already built (g++ 12). A lambda with TRY names its return type.

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <type_traits>
#include <utility>
#include <variant>

#include "wiper/base/error.h"

namespace relance {

// A programmer's mistake ends the program, in release builds too: without a "finished" event no certificate can say "erased".
inline void require(bool claim, const char* sentence) {
  if (claim) return;
  std::fprintf(stderr, "relance: broken invariant: %s\n", sentence);
  std::abort();
}

template <class T>
class [[nodiscard, gnu::warn_unused]] Result {
 public:
  using Value = T;

  Result(T value) : held_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : held_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const { return held_.index() == 0; }

  T& value() & {
    require(ok(), "value() of a Result that holds an error");
    return std::get<0>(held_);
  }
  const T& value() const& {
    require(ok(), "value() of a Result that holds an error");
    return std::get<0>(held_);
  }
  T&& value() && {
    require(ok(), "value() of a Result that holds an error");
    return std::get<0>(std::move(held_));
  }
  const Error& error() const& {
    require(!ok(), "error() of a Result that holds a value");
    return std::get<1>(held_);
  }
  Error&& error() && {
    require(!ok(), "error() of a Result that holds a value");
    return std::get<1>(std::move(held_));
  }

 private:
  std::variant<T, Error> held_;
};

// References travel as reference_wrapper: `Drive& d = TRY(find(id));`, never `auto`.
template <class T>
class [[nodiscard, gnu::warn_unused]] Result<T&> : public Result<std::reference_wrapper<T>> {
 public:
  Result(T& value) : Result<std::reference_wrapper<T>>(std::ref(value)) {}
  Result(Error error) : Result<std::reference_wrapper<T>>(std::move(error)) {}
};

struct Done {};

template <>
class [[nodiscard, gnu::warn_unused]] Result<void> : public Result<Done> {
 public:
  Result() : Result<Done>(Done{}) {}
  Result(Done done) : Result<Done>(done) {}
  Result(Error error) : Result<Done>(std::move(error)) {}
};

}  // namespace relance

// __extension__: a statement expression is what makes TRY possible; -Wpedantic is told so.
#define TRY(...)                                                                    \
  (__extension__({                                                                  \
    auto try_result_ = (__VA_ARGS__);                                               \
    if (!try_result_.ok()) return ::relance::Error(std::move(try_result_).error()); \
    std::move(try_result_).value();                                                 \
  }))
