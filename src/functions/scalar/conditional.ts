import { valuesEqual } from '../../data/value.ts'
import { defineScalar, type ScalarFunction } from '../scalar-function.ts'
import { commonType } from './arguments.ts'

export const CONDITIONAL_FUNCTIONS: readonly ScalarFunction[] = [
  defineScalar({
    name: 'coalesce',
    signature: 'coalesce(value, ...)',
    summary: 'the first value that is not NULL',
    parameters: ['any'],
    variadic: true,
    returns: commonType,
    isBranch: () => true,
    takesNull: true,
    flinkName: 'COALESCE',
    apply(args) {
      for (const value of args) if (value !== null) return value
      return null
    },
  }),
  defineScalar({
    name: 'ifnull',
    signature: 'ifnull(value, otherwise)',
    summary: 'the value, or otherwise where it is NULL',
    parameters: ['any', 'any'],
    returns: commonType,
    isBranch: () => true,
    takesNull: true,
    flinkName: 'IFNULL',
    apply: ([value, otherwise]) => value ?? otherwise!,
  }),
  defineScalar({
    name: 'nullif',
    signature: 'nullif(value, other)',
    summary: 'NULL if both are equal, else the first',
    parameters: ['any', 'any'],
    returns: ([type]) => type ?? 'any',
    takesNull: true,
    flinkName: 'NULLIF',
    apply: ([value, other]) => (value !== null && other !== null && valuesEqual(value!, other!) ? null : value!),
  }),
  defineScalar({
    name: 'if',
    signature: 'if(condition, then, else)',
    summary: 'the second value if the condition is true, the third if it is false or NULL',
    parameters: ['boolean', 'any', 'any'],
    isBranch: (i) => i > 0,
    returns: ([, then, otherwise]) => commonType([then ?? 'any', otherwise ?? 'any']),
    takesNull: true,
    flinkName: 'IF',
    apply: ([condition, then, otherwise]) => (condition === true ? then! : otherwise!),
  }),
]
