"""tools/cpp_api.py: what the headers declare, and that tests/data/cpp_api_missing.txt names exactly what they don't."""
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'tools'))
import cpp_api  # noqa: E402

LIST = ROOT / 'tests/data/cpp_api_missing.txt'


def test_the_list_of_missing_symbols_is_true():
    listed = {line for line in LIST.read_text().splitlines() if line and not line.startswith('#')}
    missing = {'.'.join(filter(None, ['tf', module, name]))
               for module, (_, names) in cpp_api.compare().items() for name in names}
    assert sorted(listed - missing) == [], 'there now: take these out of ' + LIST.name
    assert sorted(missing - listed) == [], 'these were there, or are new'


def test_functions_types_and_constants_are_found():
    text = '''
    namespace reflow { int ops; // a comment: int no();
    inline constexpr DType float16 = DType::kHalf, half = DType::kHalf;
    struct Options { int axis = 0; };
    class [[nodiscard]] Scope final : public Base { public: void method(); };
    template <typename T> requires Fits<T> Output add(const T& x = {1, 2}, int (*f)(int) = nullptr);
    inline int twice(int x) { return 2 * x; }
    enum class Kind { A, B };
    using Names = std::vector<int>;
    namespace nn { using reflow::add; Output relu(const Output& x); }  }
    '''
    assert cpp_api.declared(text) == {('reflow', name) for name in (
        'ops', 'float16', 'half', 'Options', 'Scope', 'add', 'twice', 'Kind', 'Names')} | {
            ('reflow::nn', 'add'), ('reflow::nn', 'relu')}


def test_python_names_that_are_words_of_cpp_have_an_underscore():
    assert cpp_api.cpp_name('sets', 'union') == ('reflow::sets', 'union_')
    assert cpp_api.cpp_name('', 'case') == ('reflow', 'case_')
