/** A watermark among an operator's facts: JSON has no infinities. */
export type WatermarkFact = number | 'before all' | 'after all'

export const factOfWatermark = (watermark: number): WatermarkFact =>
  watermark === -Infinity ? 'before all' : watermark === Infinity ? 'after all' : watermark

export const watermarkOfFact = (fact: WatermarkFact): number =>
  fact === 'before all' ? -Infinity : fact === 'after all' ? Infinity : fact
