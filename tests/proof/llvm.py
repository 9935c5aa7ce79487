# SPDX-License-Identifier: MIT
"""LLVM IR as Python data: clang's output for our C, read with libLLVM's C interface.

A Program is several modules whose functions find each other by name, a static
one before an extern one.  Instructions are decoded once, when first reached:
sizes, offsets and scales are worked out from the data layout here, so that the
executor sees numbers alone.  Whatever is not decoded below is refused with the
instruction's text and line: nothing is skipped.
"""
import ctypes as ct

Pointer = ct.c_void_p
Unsigned, Wide, Size = ct.c_uint, ct.c_ulonglong, ct.c_size_t
LIBRARY = ct.CDLL("libLLVM-14.so.1")


def bind(name, result, *arguments):
    f = getattr(LIBRARY, "LLVM" + name)
    f.restype, f.argtypes = result, list(arguments)
    return f


context_create = bind("ContextCreate", Pointer)
read_file = bind("CreateMemoryBufferWithContentsOfFile", ct.c_int, ct.c_char_p, ct.POINTER(Pointer),
                 ct.POINTER(ct.c_char_p))
parse_ir = bind("ParseIRInContext", ct.c_int, Pointer, Pointer, ct.POINTER(Pointer), ct.POINTER(ct.c_char_p))
data_layout = bind("GetModuleDataLayout", Pointer, Pointer)
abi_size = bind("ABISizeOfType", Wide, Pointer, Pointer)
offset_of = bind("OffsetOfElement", Wide, Pointer, Pointer, Unsigned)
first_function, next_function = bind("GetFirstFunction", Pointer, Pointer), bind("GetNextFunction", Pointer, Pointer)
first_global, next_global = bind("GetFirstGlobal", Pointer, Pointer), bind("GetNextGlobal", Pointer, Pointer)
first_block, next_block = bind("GetFirstBasicBlock", Pointer, Pointer), bind("GetNextBasicBlock", Pointer, Pointer)
first_instruction = bind("GetFirstInstruction", Pointer, Pointer)
next_instruction = bind("GetNextInstruction", Pointer, Pointer)
opcode = bind("GetInstructionOpcode", ct.c_int, Pointer)
constant_opcode = bind("GetConstOpcode", ct.c_int, Pointer)
operand_count, get_operand = bind("GetNumOperands", ct.c_int, Pointer), bind("GetOperand", Pointer, Pointer, Unsigned)
type_of, type_kind = bind("TypeOf", Pointer, Pointer), bind("GetTypeKind", ct.c_int, Pointer)
integer_width, element_type = bind("GetIntTypeWidth", Unsigned, Pointer), bind("GetElementType", Pointer, Pointer)
field_count, field_type = bind("CountStructElementTypes", Unsigned, Pointer), bind("StructGetTypeAtIndex", Pointer, Pointer, Unsigned)
array_length = bind("GetArrayLength", Unsigned, Pointer)
value_kind, integer_value = bind("GetValueKind", ct.c_int, Pointer), bind("ConstIntGetZExtValue", Wide, Pointer)
predicate, allocated_type = bind("GetICmpPredicate", ct.c_int, Pointer), bind("GetAllocatedType", Pointer, Pointer)
parameter_count, parameter = bind("CountParams", Unsigned, Pointer), bind("GetParam", Pointer, Pointer, Unsigned)
called_value, name_of = bind("GetCalledValue", Pointer, Pointer), bind("GetValueName2", ct.c_char_p, Pointer, ct.POINTER(Size))
successor_count, successor = bind("GetNumSuccessors", Unsigned, Pointer), bind("GetSuccessor", Pointer, Pointer, Unsigned)
incoming_count, incoming_value = bind("CountIncoming", Unsigned, Pointer), bind("GetIncomingValue", Pointer, Pointer, Unsigned)
incoming_block = bind("GetIncomingBlock", Pointer, Pointer, Unsigned)
print_value, debug_line = bind("PrintValueToString", ct.c_char_p, Pointer), bind("GetDebugLocLine", Unsigned, Pointer)
initializer, element_constant = bind("GetInitializer", Pointer, Pointer), bind("GetElementAsConstant", Pointer, Pointer, Unsigned)

OPCODES = {1: "ret", 2: "br", 3: "switch", 7: "unreachable", 8: "add", 10: "sub", 12: "mul", 14: "udiv", 15: "sdiv",
           17: "urem", 18: "srem", 20: "shl", 21: "lshr", 22: "ashr", 23: "and", 24: "or", 25: "xor", 26: "alloca",
           27: "load", 28: "store", 29: "gep", 30: "trunc", 31: "zext", 32: "sext", 39: "ptrtoint", 41: "bitcast",
           42: "icmp", 44: "phi", 45: "call", 46: "select"}
PREDICATES = {32: "eq", 33: "ne", 34: "ugt", 35: "uge", 36: "ult", 37: "ule", 38: "sgt", 39: "sge", 40: "slt", 41: "sle"}
INTEGER, STRUCT, ARRAY, POINTER = 8, 10, 11, 12
# Kinds of values (llvm-c/Core.h, LLVMValueKind).
FUNCTION, GLOBAL, EXPRESSION, ARRAY_VALUE, STRUCT_VALUE = 5, 8, 10, 11, 12
UNDEF, AGGREGATE_ZERO, DATA_ARRAY, INTEGER_VALUE, NULL, INSTRUCTION = 14, 15, 16, 18, 20, 24


class Unsupported(Exception):
    """IR that the executor does not know: a refusal, never a guess."""


class Instruction:
    __slots__ = ("key", "name", "operands", "width", "extra", "line", "from_width")

    def __init__(self, key, name, operands, width, extra, line, from_width):
        self.key, self.name, self.operands, self.width = key, name, operands, width
        self.extra, self.line, self.from_width = extra, line, from_width


def text_name(value):
    length = Size()
    return name_of(value, ct.byref(length)).decode()


class Module:
    def __init__(self, context, path):
        buffer, module, error = Pointer(), Pointer(), ct.c_char_p()
        if read_file(path.encode(), ct.byref(buffer), ct.byref(error)) or \
           parse_ir(context, buffer, ct.byref(module), ct.byref(error)):
            raise Unsupported(f"{path}: {error.value.decode()}")
        self.path, self.handle, self.layout = path, module, data_layout(module)
        self.functions, self.globals = {}, {}
        value = first_function(module)
        while value:
            self.functions[text_name(value)] = value
            value = next_function(value)
        value = first_global(module)
        while value:
            self.globals[text_name(value)] = value
            value = next_global(value)


class Program:
    """The modules of `paths`, linked by name."""

    def __init__(self, paths):
        context = context_create()
        self.modules = [Module(context, path) for path in paths]
        self.layout = self.modules[0].layout
        self.extern, self.extern_globals = {}, {}
        self.module_of, self.blocks, self.types = {}, {}, {}
        for module in self.modules:
            for name, value in module.functions.items():
                self.module_of[value] = module
                if first_block(value):
                    self.extern.setdefault(name, value)
            for name, value in module.globals.items():
                if initializer(value):
                    self.extern_globals.setdefault(name, value)

    def function(self, name, module=None):
        """The function called `name`, as `module` sees it; None where nobody defines it."""
        if module is not None and name in module.functions and first_block(module.functions[name]):
            return module.functions[name]
        return self.extern.get(name)

    def global_definition(self, value):
        return value if initializer(value) else self.extern_globals.get(text_name(value))

    # ---- types, as plain data: ("int", bits), ("pointer",), ("struct", size, [(offset, type)]),
    # ("array", size, count, type) ----

    def type(self, handle):
        known = self.types.get(handle)
        if known is None:
            known = self.types[handle] = self.decode_type(handle)
        return known

    def decode_type(self, handle):
        kind = type_kind(handle)
        if kind == INTEGER:
            return ("int", integer_width(handle))
        if kind == POINTER:
            return ("pointer",)
        if kind == STRUCT:
            fields = [(offset_of(self.layout, handle, i), self.type(field_type(handle, i)))
                      for i in range(field_count(handle))]
            return ("struct", abi_size(self.layout, handle), fields)
        if kind == ARRAY:
            return ("array", abi_size(self.layout, handle), array_length(handle), self.type(element_type(handle)))
        raise Unsupported(f"a type of kind {kind}")

    # ---- code ----

    def instructions(self, block):
        code = self.blocks.get(block)
        if code is None:
            code, i = [], first_instruction(block)
            while i:
                code.append(self.decode(i))
                i = next_instruction(i)
            self.blocks[block] = code
        return code

    @staticmethod
    def blocks_of(function):
        block, out = first_block(function), []
        while block:
            out.append(block)
            block = next_block(block)
        return out

    @staticmethod
    def targets(i):
        """The blocks that an instruction may jump to."""
        if i.name == "switch":
            return [i.operands[1]] + [block for _, block in i.extra]
        return i.extra if i.name == "br" else []

    @staticmethod
    def is_local(value):
        """Is it, or does it point into, a local variable of the function?"""
        while value_kind(value) == INSTRUCTION and OPCODES.get(opcode(value)) in ("gep", "bitcast"):
            value = get_operand(value, 0)
        return value_kind(value) == INSTRUCTION and OPCODES.get(opcode(value)) == "alloca"

    def offsets(self, value, operands):
        """A getelementptr: (bytes, [(operand, scale in bytes, elements or None)])."""
        handle = element_type(type_of(operands[0]))
        fixed, scaled = 0, [(operands[1], abi_size(self.layout, handle), None)]
        for index in operands[2:]:
            if type_kind(handle) == STRUCT:
                field = integer_value(index)
                fixed += offset_of(self.layout, handle, field)
                handle = field_type(handle, field)
            else:
                count = array_length(handle)
                handle = element_type(handle)
                scaled.append((index, abi_size(self.layout, handle), count))
        constant = [s for s in scaled if value_kind(s[0]) == INTEGER_VALUE]
        for index, scale, _ in constant:
            step = integer_value(index)
            fixed += (step - (1 << 64) if step >> 63 else step) * scale
        return fixed, [s for s in scaled if value_kind(s[0]) != INTEGER_VALUE]

    def decode(self, i):
        name = OPCODES.get(opcode(i))
        line = debug_line(i) if name != "alloca" else 0
        if name is None:
            raise Unsupported(f"instruction at line {line}: {print_value(i).decode().strip()}")
        operands = [get_operand(i, k) for k in range(operand_count(i))]
        own = type_of(i)
        width = integer_width(own) if type_kind(own) == INTEGER else 0
        extra, from_width = None, 0
        if name in ("add", "sub", "mul", "shl"):
            extra = " nsw " in print_value(i).decode()
        elif name == "icmp":
            extra = PREDICATES[predicate(i)]
            from_width = self.width_of(operands[0])
        elif name in ("zext", "sext", "trunc"):
            from_width = self.width_of(operands[0])
        elif name == "alloca":
            extra = self.type(allocated_type(i))
        elif name == "gep":
            extra = self.offsets(i, operands)
        elif name == "br":
            extra = [successor(i, k) for k in range(successor_count(i))]
        elif name == "switch":
            from_width = self.width_of(operands[0])
            extra = [(integer_value(operands[k]), operands[k + 1]) for k in range(2, len(operands), 2)]
        elif name == "phi":
            extra = {incoming_block(i, k): incoming_value(i, k) for k in range(incoming_count(i))}
        elif name == "call":
            callee = called_value(i)
            if value_kind(callee) != FUNCTION:
                raise Unsupported(f"a call through a pointer, line {line}")
            extra, operands = text_name(callee), operands[:-1]
        elif name in ("load", "store"):
            extra = self.type(own if name == "load" else type_of(operands[0]))
        return Instruction(i, name, operands, width, extra, line, from_width)

    def width_of(self, value):
        handle = type_of(value)
        return integer_width(handle) if type_kind(handle) == INTEGER else 0
