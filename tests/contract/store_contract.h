#pragma once
// What every Store keeps. Called from a test case with an empty store; uses SUBCASE.

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "wiper/stick/store.h"

namespace relance {

inline std::string text_in(Store& store, const std::string& path) {
  Result<Bytes> bytes = store.read(path);
  REQUIRE_MESSAGE(bytes.ok(), path, " cannot be read");
  return std::string(as_text(bytes.value()));
}

inline void keeps_the_store_contract(Store& store) {
  using Names = std::vector<std::string>;

  SUBCASE("append makes the file with its folders, then adds at its end") {
    REQUIRE(store.append("JOURNAL/2026/a.txt", as_bytes("one\n")).ok());
    REQUIRE(store.append("JOURNAL/2026/a.txt", as_bytes("two\n")).ok());

    CHECK(text_in(store, "JOURNAL/2026/a.txt") == "one\ntwo\n");
    CHECK(store.exists("JOURNAL/2026/a.txt"));
  }

  SUBCASE("publish leaves a whole file under its name, and nothing else in the folder") {
    REQUIRE(store.publish("CERTIFICATS/2026-11/x.json", as_bytes("{}\n")).ok());

    CHECK(text_in(store, "CERTIFICATS/2026-11/x.json") == "{}\n");
    CHECK(store.list("CERTIFICATS/2026-11").value() == Names{"x.json"});
  }

  SUBCASE("a record is never overwritten") {
    REQUIRE(store.publish("CERTIFICATS/x.json", as_bytes("first")).ok());

    const Result<void> second = store.publish("CERTIFICATS/x.json", as_bytes("second"));

    REQUIRE(!second.ok());
    CHECK(second.error().code == Errc::Refused);
    CHECK(second.error().stop == Stop::RecordTaken);
    CHECK(text_in(store, "CERTIFICATS/x.json") == "first");
    CHECK(store.list("CERTIFICATS").value() == Names{"x.json"});
  }

  SUBCASE("what is not there is an error of its own, and no folder has no files") {
    const Result<Bytes> nothing = store.read("JOURNAL/none.txt");

    REQUIRE(!nothing.ok());
    CHECK(nothing.error().code == Errc::Invalid);
    CHECK(nothing.error().stop == Stop::Unspecified);
    CHECK(store.list("JOURNAL/none").value().empty());
    CHECK(!store.exists("JOURNAL/none.txt"));
  }

  SUBCASE("names are listed sorted, files and folders alike") {
    REQUIRE(store.publish("REGISTRE/b.txt", as_bytes("b")).ok());
    REQUIRE(store.append("REGISTRE/a.txt", as_bytes("a")).ok());
    REQUIRE(store.append("REGISTRE/c/d.txt", as_bytes("d")).ok());

    CHECK(store.list("REGISTRE").value() == Names{"a.txt", "b.txt", "c"});
  }

  SUBCASE("an empty file and one of a megabyte come back as they were") {
    const Bytes large(1 << 20, std::byte{0x5a});
    REQUIRE(store.publish("JOURNAL/empty.bin", {}).ok());
    REQUIRE(store.publish("JOURNAL/large.bin", large).ok());

    CHECK(store.read("JOURNAL/empty.bin").value().empty());
    CHECK(store.read("JOURNAL/large.bin").value() == large);
  }

  SUBCASE("the test write passes on a good store and leaves no file") {
    CHECK(store.try_out().ok());
    CHECK(store.list("JOURNAL").value().empty());
  }

  SUBCASE("no path leaves the store") {
    for (const char* path : {"../outside", "/etc/hostname", "JOURNAL/../../outside", ""}) {
      CAPTURE(path);
      CHECK(!store.append(path, as_bytes("x")).ok());
      CHECK(!store.publish(path, as_bytes("x")).ok());
      CHECK(!store.read(path).ok());
      CHECK(!store.exists(path));
    }
  }
}

}  // namespace relance
