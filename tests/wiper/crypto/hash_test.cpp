#include "wiper/crypto/hash.h"

#include <doctest/doctest.h>

#include "wiper/base/bytes.h"

namespace relance {
namespace {

TEST_SUITE("hash") {
  TEST_CASE("SHA-256 gives the digests of FIPS 180") {
    CHECK(to_hex(sha256({})) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(to_hex(sha256(as_bytes("abc"))) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(to_hex(sha256(Bytes(1'000'000, std::byte{'a'}))) ==
          "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  }

  TEST_CASE("bytes that come in pieces have the digest of the whole, and a finished hash starts over") {
    Sha256 hash;

    hash.update(as_bytes("a"));
    hash.update({});
    hash.update(as_bytes("bc"));

    CHECK(hash.finish() == sha256(as_bytes("abc")));
    hash.update(as_bytes("abd"));
    CHECK(hash.finish() == sha256(as_bytes("abd")));
  }
}

}  // namespace
}  // namespace relance
